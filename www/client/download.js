import { ExemplarError } from './errors.js';
import { request } from './request.js';

/**
 * @callback OnProgress
 * @param {number} loaded bytes so far
 * @param {number | undefined} total in all, where the server says so
 */

/**
 * Downloads a file as a whole.
 *
 * @param {string} url absolute
 * @param {OnProgress} onProgress called at least once, when the file is complete
 * @param {RequestInit} [init]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function download(url, onProgress, init) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  const bytes = await receive(url, (chunk) => chunks.push(chunk), onProgress, init);
  return concatenate(chunks, bytes);
}

/**
 * Downloads a file and hands its bytes on as they arrive, so that they need not be kept.
 *
 * @param {string} url absolute
 * @param {(chunk: Uint8Array, total: number | undefined) => void} onChunk gets the bytes, and how many there are in all
 *   where the server says so
 * @param {OnProgress} onProgress called at least once, when the file is complete
 * @param {RequestInit} [init]
 * @returns {Promise<number>} how many bytes there were
 */
export async function receive(url, onChunk, onProgress, init = {}) {
  const { signal } = init;
  const response = await request(url, init);
  const total = expectedBytes(response);
  let loaded = 0;
  if (response.body) {
    const reader = response.body.getReader();
    for (let part = await next(reader, url, signal ?? undefined); !part.done; part = await next(reader, url, signal ?? undefined)) {
      onChunk(part.value, total);
      loaded += part.value.byteLength;
      onProgress(loaded, total !== undefined && loaded <= total ? total : undefined);
    }
  }
  // A file of no bytes is there all the same.
  if (!loaded) onChunk(new Uint8Array(), 0);
  onProgress(loaded, loaded);
  return loaded;
}

/**
 * A connection that breaks in the middle of an answer is a TypeError without a word of where.
 *
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {string} url
 * @param {AbortSignal} [signal]
 */
async function next(reader, url, signal) {
  try {
    return await reader.read();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ExemplarError('network', `the answer from ${url} broke off: try again`, { cause });
  }
}

/**
 * Adds up downloads that are one to the reader: each call gives the `onProgress` of one more of them.
 * @param {(loaded: number, total: number | undefined) => void} onProgress
 */
export function tally(onProgress) {
  /** @type {{ loaded: number, total: number | undefined }[]} */
  const downloads = [];
  return () => {
    /** @type {(typeof downloads)[number]} */
    const one = { loaded: 0, total: undefined };
    downloads.push(one);
    return (/** @type {number} */ loaded, /** @type {number | undefined} */ total) => {
      Object.assign(one, { loaded, total });
      onProgress(sum(downloads.map(({ loaded }) => loaded)), sum(downloads.map(({ total }) => total)));
    };
  };
}

/**
 * @template {number | undefined} N
 * @param {N[]} numbers
 * @returns {N} undefined where one of them is
 */
function sum(numbers) {
  const total = numbers.reduce((/** @type {number} */ total, n) => total + (n ?? NaN), 0);
  return /** @type {N} */ (Number.isNaN(total) ? undefined : total);
}

/**
 * Content-Length counts bytes as sent: of a compressed answer it does not say how many will arrive here.
 * @param {Response} response
 */
function expectedBytes({ headers }) {
  const encoding = headers.get('content-encoding') ?? 'identity';
  const length = Number(headers.get('content-length') ?? NaN);
  return encoding === 'identity' && Number.isFinite(length) ? length : undefined;
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} bytes
 */
function concatenate(chunks, bytes) {
  const all = new Uint8Array(bytes);
  let end = 0;
  for (const chunk of chunks) {
    all.set(chunk, end);
    end += chunk.byteLength;
  }
  return all;
}
