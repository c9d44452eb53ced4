// Serves index.html, sw.js, www/ and built/ of a folder, and nothing else of it: what make dist made, or for the page's tests its
// sources, which browsers run as they are.
// usage: node tools/serve.mjs [PORT] [--host ADDRESS] [--dir FOLDER]
// The port may also come from the environment, in PORT, and the address in FISHBOWL_HOST: others write other things into
// HOST. Without an address the page is served to this machine alone.

import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { gzip } from "node:zlib";
import { askEachTime, builtFolder, cacheForever, securityHeaders } from "./headers.mjs";

/** @type {Record<string, string>} */
const mimeTypes = {
  ".css": "text/css; charset=utf-8",
  ".gz": "application/gzip", // a shard is handed over packed; the page's worker unpacks it
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".py": "text/x-python; charset=utf-8",
  ".safetensors": "application/octet-stream",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".ts": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=utf-8",
};
const packable = new Set([
  ".css",
  ".html",
  ".js",
  ".json",
  ".map",
  ".py",
  ".svg",
  ".txt",
  ".ts",
  ".wasm",
  ".webmanifest",
]);

/**
 * The file that a request path names, as its parts below the root; undefined for everything that is not the page's.
 * @param {string} requestPath as it came, with any query
 */
export function pageFile(requestPath) {
  let path;
  try {
    path = decodeURIComponent(requestPath.split(/[?#]/)[0]);
  } catch {
    return undefined;
  }
  if (path === "/" || path === "/index.html") return ["index.html"];
  if (path === "/sw.js") return ["sw.js"];
  const [empty, folder, ...rest] = path.split("/");
  if (empty !== "" || !(folder === "www" || folder === builtFolder) || rest.length === 0) return undefined;
  // A part that starts with a dot is a hidden file or leads upwards; the others would mean something to some systems.
  if (rest.some((part) => part === "" || part.startsWith(".") || /[\\:\0]/.test(part))) return undefined;
  return [folder, ...rest];
}

/**
 * The bytes of the page's file at `parts`, unless a symbolic link leads out of its folder.
 * @param {string} root
 * @param {string[]} parts
 */
async function readPageFile(root, parts) {
  try {
    const allowed = await realpath(parts.length === 1 ? root : join(root, parts[0]));
    const path = await realpath(join(root, ...parts));
    return path.startsWith(allowed + sep) ? await readFile(path) : undefined;
  } catch {
    return undefined; // missing, a folder, or not readable
  }
}

/**
 * Answers requests for the page's files in `root`.
 * @param {string} root
 * @returns {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => Promise<void>}
 */
function answers(root) {
  /** @type {Map<string, { tag: string, bytes: Buffer }>} the last packed form of each file */
  const packed = new Map();

  return async (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    response.setHeader("Cache-Control", askEachTime);

    /** @param {number} status @param {string} text */
    const plain = (status, text) => {
      response.writeHead(status, {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": Buffer.byteLength(text),
      });
      response.end(request.method === "HEAD" ? undefined : text);
    };

    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return plain(405, "Only GET and HEAD are answered.\n");
    }
    const parts = pageFile(request.url ?? "");
    const content = parts && (await readPageFile(root, parts));
    if (!parts || !content) return plain(404, "There is no such file.\n");

    const name = parts.join("/");
    const extension = extname(name);
    if (parts[0] === builtFolder) response.setHeader("Cache-Control", cacheForever);
    response.setHeader("Content-Type", mimeTypes[extension] ?? "application/octet-stream");

    /** @type {Buffer} */
    let body = content;
    let tag = createHash("sha256").update(content).digest("base64url").slice(0, 22);
    if (packable.has(extension)) {
      response.setHeader("Vary", "Accept-Encoding");
      if (acceptsGzip(request.headers["accept-encoding"])) {
        let known = packed.get(name);
        if (known?.tag !== tag) {
          known = { tag, bytes: await promisify(gzip)(content) };
          packed.set(name, known);
        }
        body = known.bytes;
        tag += "-gzip";
        response.setHeader("Content-Encoding", "gzip");
      }
    }
    response.setHeader("ETag", `"${tag}"`);
    if (isKnown(request.headers["if-none-match"], `"${tag}"`)) {
      response.removeHeader("Content-Type");
      response.removeHeader("Content-Encoding");
      response.writeHead(304);
      response.end();
      return;
    }
    response.writeHead(200, { "Content-Length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  };
}

/** @param {string | string[] | undefined} header */
function acceptsGzip(header) {
  return String(header ?? "")
    .split(",")
    .some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$)[\d.]+)?\s*$/.test(part));
}

/** @param {string | undefined} header @param {string} tag */
function isKnown(header, tag) {
  return (header ?? "")
    .split(",")
    .some((part) => part.trim() === "*" || part.trim().replace(/^W\//, "") === tag);
}

/** This machine alone. */
const thisMachine = "127.0.0.1";

/**
 * Starts a server for the page in `root`.
 * @param {{ root: string, port?: number, host?: string }} options port 0 takes any that is free; without a host, or with
 *   an empty one, it is this machine alone
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export function serve({ root, port = 0, host = "" }) {
  const answer = answers(resolve(root));
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      console.error(`serve: ${request.url}: ${error.message}`);
      response.destroy();
    });
  });
  return new Promise((done, failed) => {
    server.once("error", failed);
    // An empty host would mean every address that this machine has.
    server.listen(port, host || thisMachine, () => {
      const address = server.address();
      const bound = address && typeof address === "object" ? address.port : port;
      const name = host === "" || host === thisMachine ? "localhost" : host;
      done({
        url: `http://${name.includes(":") ? `[${name}]` : name}:${bound}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dir: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "..") },
      host: { type: "string" },
    },
  });
  const asked = positionals[0] ?? process.env.PORT ?? "8080";
  const port = Number(asked);
  if (!/^\d+$/.test(asked) || port > 65535)
    throw new Error(`the port is "${asked}", not a number from 0 to 65535`);
  const root = values.dir;
  await readFile(join(root, "index.html")).catch(() => {
    throw new Error(`${resolve(root)} holds no index.html`);
  });
  const host = values.host ?? process.env.FISHBOWL_HOST ?? "";
  const { url } = await serve({ root, port, host }).catch((error) => {
    if (error.code === "EADDRINUSE")
      throw new Error(`port ${port} is in use; choose another: make serve PORT=8081`);
    if (["ENOTFOUND", "EAI_AGAIN", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"].includes(error.code))
      throw new Error(`"${host}" is no address of this machine; leave it out, or give one: --host 0.0.0.0`);
    if (error.code === "EACCES") throw new Error(`port ${port} is not allowed; choose one above 1023`);
    throw error;
  });
  console.log(`Fishbowl is at ${url}   (Ctrl+C ends it)`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`serve: ${error.message}`);
    process.exit(1);
  });
}
