// A download that tells how far it is.

/** Milliseconds between two reports. */
const BETWEEN_REPORTS = 50;

/**
 * @param {string} url
 * @param {(loaded: number, total: number) => void} report bytes; `total` is 0 when the server does not say
 * @returns {Promise<Uint8Array>}
 */
export async function fetchBytes(url, report) {
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    return await readAll(response, report);
  } catch (error) {
    const file = url.split("/").at(-1) ?? url;
    const why = error instanceof Error ? error.message : String(error);
    throw Object.assign(new Error(`${file}: ${why}`), { code: "load-failed", field: file, value: why });
  }
}

/**
 * @param {Response} response
 * @param {(loaded: number, total: number) => void} report
 */
async function readAll(response, report) {
  const total = Number(response.headers.get("content-length")) || 0;
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  /** @type {Uint8Array[]} */
  const parts = [];
  let loaded = 0;
  let reportedAt = -Infinity;
  for (;;) {
    const { done, value } = await reader.read();
    if (value) {
      parts.push(value);
      loaded += value.length;
    }
    const now = performance.now();
    if (done || now - reportedAt >= BETWEEN_REPORTS) {
      reportedAt = now;
      report(loaded, total);
    }
    if (done) break;
  }
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
