// The response headers of the page, one list for the local server and for the _headers file of a static host.

/** Nothing but the page's own files may run, load or be sent; the worker gets the same policy with its script. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // No frame-ancestors: a lab may stand in a course page or a slide, and there is nothing here to be tricked into.
].join("; ");

/** Sent with every answer. */
export const securityHeaders = {
  "Content-Security-Policy": contentSecurityPolicy,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
};

/** For files whose name changes with their content. */
export const cacheForever = "public, max-age=31536000, immutable";
/** For all others: kept, but asked about each time. */
export const askEachTime = "no-cache";

/** The folder of what `make dist` makes of www/: every file in it is named after its content. */
export const builtFolder = "built";

/**
 * The _headers file that Netlify, Cloudflare Pages and others read. A path must get Cache-Control from one rule only:
 * where several match, these hosts join the values. Hosts that read no such file serve the page as well.
 */
export function headersFile() {
  const lines = ["/*", ...Object.entries(securityHeaders).map(([name, value]) => `  ${name}: ${value}`)];
  for (const page of ["/", "/index.html", "/sw.js"]) lines.push(page, `  Cache-Control: ${askEachTime}`);
  lines.push(`/${builtFolder}/*`, `  Cache-Control: ${cacheForever}`);
  return lines.join("\n") + "\n";
}
