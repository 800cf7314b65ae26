import { download } from './download.js';
import { ExemplarError } from './errors.js';
import { pause } from './promises.js';

/**
 * @typedef {object} How
 * @property {AbortSignal} [signal]
 * @property {boolean} [fresh] past the browser's cache
 * @property {'high' | 'low'} [priority]
 *
 * @typedef {object} Format how a shard's file says that it is packed: the core knows
 * @property {() => number} head bytes of a shard's head, which is never packed
 * @property {(file: Uint8Array) => number | undefined} unpacked bytes that follow the head once they are inflated; below 0, so many
 *   follow as they are; undefined where these are not the first bytes of a shard
 */

/** Downloads at a time: HTTP/2 has no use for more, and what is wanted next need not wait for what was wanted before. */
const AT_ONCE = 12;
/** Bytes of a file at most, until its head says how many they are. */
const LARGEST = 1 << 26;
/** Bytes of what is no shard at most: a page that stands in for a missing one. */
const LARGEST_PAGE = 1 << 20;
/** Milliseconds before the second try of a download that may come to be had, and at most where the server names a time. */
const AGAIN = 500;
const PATIENCE = 5_000;
/** What may pass by itself. */
const PASSING = new Set(['network', 'timeout', 'rate-limited', 'http']);

/** Downloads the shards of one build: each once, whoever asks for it, and a few at a time in the order in which they are asked for. */
export class ShardFiles {
  #folder;
  #format;
  #received;
  /** By file name, with the signals of all who asked. @type {Map<string, { file: Promise<Uint8Array>, asked: (AbortSignal | undefined)[] }>} */
  #underWay = new Map();
  /** @type {(() => void)[]} */
  #waiting = [];
  #free = AT_ONCE;
  /** What has been fetched so far, from the network or the browser's cache. */
  fetched = { files: 0, bytes: 0 };

  /**
   * @param {string} folder the build's, absolute, with a slash at its end
   * @param {Promise<Format>} format which may be on its way yet
   * @param {(bytes: number) => void} received is told of the bytes that come
   */
  constructor(folder, format, received) {
    this.#folder = folder;
    this.#format = format;
    this.#received = received;
  }

  /**
   * The head and the unpacked bytes of a shard. What is under way goes on where the signal is aborted, as shards are small and the
   * next query may well want them; what has not begun is dropped.
   *
   * @param {string} name of the file
   * @param {How} [how]
   * @returns {Promise<Uint8Array>}
   * @throws {ExemplarError} `network`, `timeout` and others of `download`; `shard` where it is none
   */
  get(name, how = {}) {
    const before = this.#underWay.get(name);
    if (before && !how.fresh) {
      before.asked.push(how.signal);
      return before.file;
    }
    const asked = [how.signal];
    const file = this.#inTurn(() => {
      if (asked.every((signal) => signal?.aborted)) throw how.signal?.reason;
      return this.#download(name, how);
    });
    const entry = { file, asked };
    this.#underWay.set(name, entry);
    const over = () => void (this.#underWay.get(name) === entry && this.#underWay.delete(name));
    file.then(over, over);
    return file;
  }

  /**
   * @template T
   * @param {() => Promise<T>} run
   */
  async #inTurn(run) {
    if (this.#free > 0) this.#free--;
    else await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /**
   * @param {string} name
   * @param {How} how
   */
  async #download(name, how) {
    this.fetched.files++;
    const url = new URL(name, this.#folder).href;
    /** @type {RequestInit} */
    const init = { cache: how.fresh ? 'reload' : 'default', priority: how.priority };
    const file = await this.#receive(url, init).catch(async (error) => {
      if (!PASSING.has(error.code) || (error.code === 'http' && error.status < 500)) throw error;
      await pause(Math.min(1000 * (error.retryAfter ?? 0) || AGAIN, PATIENCE));
      return this.#receive(url, init);
    });
    return this.#unpack(name, file);
  }

  /**
   * Gives up a file that goes on after the length in its head.
   *
   * @param {string} url
   * @param {RequestInit} init
   */
  #receive(url, init) {
    let before = 0;
    let largest = LARGEST;
    const onStart = (/** @type {Uint8Array} */ start) => {
      this.#format.then((format) => (largest = largestOf(start, format)), () => {});
    };
    return download(url, (loaded) => {
      this.#received(loaded - before);
      this.fetched.bytes += loaded - before;
      before = loaded;
    }, { ...init, onStart }, () => largest);
  }

  /**
   * @param {string} name
   * @param {Uint8Array<ArrayBuffer>} file
   */
  async #unpack(name, file) {
    const format = await this.#format;
    const length = format.unpacked(file);
    if (length === undefined) throw notAShard(name, 'is not a shard: a server may answer a missing file with a page');
    if (length <= 0) return file;
    const head = format.head();
    const packed = new Blob([file.subarray(head)]).stream();
    let unpacked;
    try {
      unpacked = await gather(name, packed.pipeThrough(new DecompressionStream('deflate-raw')), length);
    } catch (cause) {
      throw notAShard(name, 'cannot be unpacked', cause);
    }
    const all = new Uint8Array(head + unpacked.length);
    all.set(file.subarray(0, head));
    all.set(unpacked, head);
    return all;
  }
}

/**
 * How many bytes a file that begins so has at most. Deflate makes what it cannot pack longer by 5 bytes for each of its blocks.
 * @param {Uint8Array} start
 * @param {Format} format
 */
function largestOf(start, format) {
  const length = format.unpacked(start);
  return length === undefined ? LARGEST_PAGE : format.head() + Math.ceil(Math.abs(length) * (1 + 1 / 256)) + 64;
}

/**
 * @param {string} name
 * @param {string} problem
 * @param {unknown} [cause]
 */
function notAShard(name, problem, cause) {
  return new ExemplarError('shard', `${name} ${problem}: reload the page, or build the bundle again`, { cause });
}

/**
 * All bytes of a stream, of which there may be so many.
 * @param {string} name
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} most
 */
async function gather(name, stream, most) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  let bytes = 0;
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.length;
    if (bytes > most) {
      reader.cancel().catch(() => {});
      throw new ExemplarError('shard', `${name} has more than ${most} bytes: it is not a shard of this build`);
    }
    chunks.push(/** @type {Uint8Array<ArrayBuffer>} */ (part.value));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
