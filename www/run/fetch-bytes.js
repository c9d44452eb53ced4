// A download that tells how far it is.

/** Milliseconds between two reports. */
const BETWEEN_REPORTS = 50;

/**
 * What could not be loaded. `outdated`: the server no longer has the file, or has another one in its place, so the page
 * itself is older than what is served.
 */
export class LoadError extends Error {
  /**
   * @param {string} field the file
   * @param {string} value why
   * @param {{ code?: string, allowed?: string, outdated?: boolean }} [more]
   */
  constructor(field, value, { code = "load-failed", allowed = "", outdated = false } = {}) {
    super(`${field}: ${value}`);
    this.name = "LoadError";
    this.code = code;
    this.field = field;
    this.value = value;
    this.allowed = allowed;
    this.outdated = outdated;
  }
}

/**
 * @param {string} url
 * @param {(loaded: number) => void} [report] bytes
 * @returns {Promise<Uint8Array>} rejects with a `LoadError`
 */
export async function fetchBytes(url, report = () => {}) {
  const file = nameOf(url);
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) {
      const outdated = response.status === 404 || response.status === 410;
      throw new LoadError(file, `HTTP ${response.status}`, { outdated });
    }
    return await readAll(response.body.getReader(), report);
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(file, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Whether the page is older than what is served.
 * @param {unknown} error
 */
export function isOutdated(error) {
  return error instanceof LoadError && error.outdated;
}

/** @param {string} url */
export function nameOf(url) {
  return url.split("/").at(-1) || url;
}

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {(loaded: number) => void} report
 */
async function readAll(reader, report) {
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
      report(loaded);
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
