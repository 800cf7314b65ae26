import { ExemplarError } from './errors.js';
import { abortable } from './promises.js';
import { request } from './request.js';

/**
 * @callback OnProgress
 * @param {number} loaded bytes so far
 * @param {number | undefined} total in all, where the server says so
 *
 * @typedef {RequestInit & { answer?: Promise<Response> }} Init `answer`: the file is on its way already, and this is what comes
 */

/** Milliseconds without a byte after which a download is given up. */
const STALLED = 15_000;
/** Bytes of a file at most, as a whole and handed on: more than a page or the core could keep. */
const LARGEST_WHOLE = 2 ** 29;
const LARGEST = 2 ** 31;
/** Bytes of a file that say what it is. */
const START = 256;

/**
 * Downloads a file as a whole.
 *
 * @param {string} url absolute
 * @param {OnProgress} onProgress called at least once, when the file is complete
 * @param {Init & { onStart?: (start: Uint8Array) => void }} [init] `onStart` gets the first bytes as they come: at least
 *   {@link START}, or all
 * @param {number | (() => number)} [largest] bytes at most; a function is asked again as they come
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function download(url, onProgress, { onStart, ...init } = {}, largest = LARGEST_WHOLE) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  const bytes = await receive(url, (chunk) => {
    chunks.push(chunk);
    loaded += chunk.length;
    if (loaded < START) return;
    onStart?.(concatenate(chunks, loaded));
    onStart = undefined;
  }, onProgress, init, largest);
  onStart?.(concatenate(chunks, loaded));
  return concatenate(chunks, bytes);
}

/**
 * Downloads a file and hands its bytes on as they arrive, so that they need not be kept. Gives up a server that sends nothing
 * any more, or without an end.
 *
 * @param {string} url absolute
 * @param {(chunk: Uint8Array, total: number | undefined) => void} onChunk gets the bytes, and how many there are in all
 *   where the server says so
 * @param {OnProgress} onProgress called at least once, when the file is complete
 * @param {Init} [init]
 * @param {number | (() => number)} [largest] bytes at most; a function is asked again as they come
 * @returns {Promise<number>} how many bytes there were
 * @throws {ExemplarError} `timeout`, `bad-response`, `network` and others of {@link request}
 */
export async function receive(url, onChunk, onProgress, { answer, ...init } = {}, largest = LARGEST) {
  const stall = stallSignal(url);
  const signal = init.signal ? AbortSignal.any([init.signal, stall.signal]) : stall.signal;
  try {
    const response = await abortable(answer ?? request(url, { ...init, signal }), signal);
    const total = expectedBytes(response);
    let loaded = 0;
    for await (const chunk of chunksOf(response, url, signal)) {
      stall.moved();
      loaded += chunk.byteLength;
      const most = typeof largest === 'number' ? largest : largest();
      if (loaded > most) throw new ExemplarError('bad-response', `${url} has more than ${most} bytes`);
      onChunk(chunk, total);
      onProgress(loaded, total !== undefined && loaded <= total ? total : undefined);
    }
    // A file of no bytes is there all the same.
    if (!loaded) onChunk(new Uint8Array(), 0);
    onProgress(loaded, loaded);
    return loaded;
  } finally {
    stall.over();
  }
}

/**
 * A signal that is aborted once nothing has moved for too long.
 * @param {string} url
 */
function stallSignal(url) {
  const controller = new AbortController();
  const abort = () => controller.abort(new ExemplarError('timeout', `${url} sent nothing for ${STALLED / 1000} s: try again`));
  let timer = setTimeout(abort, STALLED);
  return {
    signal: controller.signal,
    moved() {
      clearTimeout(timer);
      timer = setTimeout(abort, STALLED);
    },
    over: () => clearTimeout(timer),
  };
}

/**
 * An answer's bytes as they come. A connection that breaks in the middle of it is a TypeError without a word of where.
 *
 * @param {Response} response
 * @param {string} url
 * @param {AbortSignal} signal
 */
export async function* chunksOf({ body }, url, signal) {
  if (!body) return;
  const reader = body.getReader();
  try {
    const next = () => abortable(reader.read(), signal);
    for (let part = await next(); !part.done; part = await next()) yield part.value;
  } catch (cause) {
    signal.throwIfAborted();
    throw new ExemplarError('network', `the answer from ${url} broke off: try again`, { cause });
  } finally {
    // Where the caller has had enough; else it is over.
    reader.cancel().catch(() => {});
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
