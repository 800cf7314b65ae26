import { request } from './request.js';

/**
 * Downloads a file, reporting the bytes as they arrive.
 *
 * @param {string} url absolute
 * @param {(loaded: number, total: number | undefined) => void} onProgress bytes so far, and in all where the server
 *   says so; called at least once, when the file is complete
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function download(url, onProgress, signal) {
  const response = await request(url, { signal });
  const total = expectedBytes(response);
  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  if (response.body) {
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      loaded += part.value.byteLength;
      onProgress(loaded, total !== undefined && loaded <= total ? total : undefined);
    }
  }
  onProgress(loaded, loaded);
  return concatenate(chunks, loaded);
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
