import { calls } from './calls.js';
import { startCore } from './core.js';
import { download, receive, tally } from './download.js';
import { ExemplarError } from './errors.js';

/**
 * @import { Index } from './pkg/exemplar_search.js'
 * @import { IndexInfo, LoadOptions } from './types.js'
 * @import { CallArguments, CallName, CallResult } from './calls.js'
 */

/** Bytes handed to the core at once: it makes a copy of them, and the browser's chunks may be as large as the file. */
const PIECE = 65536;

/** A bundle in the core's memory, on the thread that loads this module. */
export class Engine {
  /** @type {Index | undefined} */
  #index;

  /** @param {Index} index */
  constructor(index) {
    this.#index = index;
    /** @type {IndexInfo} */
    this.info = index.info();
  }

  /**
   * @param {string} url the bundle's JSON, absolute; files that it names are beside it
   * @param {LoadOptions} [options]
   */
  static async load(url, { normalize = true, onProgress, signal } = {}) {
    const bundle = tally((loaded, total) => onProgress?.({ phase: 'bundle', loaded, total }));
    const [json, Loader] = await Promise.all([
      download(url, bundle(), signal),
      startCore((loaded, total) => onProgress?.({ phase: 'wasm', loaded, total })),
    ]);
    const loader = rethrown(() => new Loader(json));
    try {
      // Straight into the core's memory: the files are most of a bundle, and no byte of them is kept twice.
      const receiving = loader.files().map((name) => {
        let first = true;
        return receive(new URL(name, url).href, (chunk, total) => {
          if (first && total !== undefined) loader.expect(name, total);
          first = false;
          for (const piece of pieces(chunk)) rethrown(() => loader.add(name, piece));
        }, bundle(), signal);
      });
      await Promise.all(receiving);
      signal?.throwIfAborted();
    } catch (error) {
      loader.free();
      throw error;
    }
    return rethrown(() => new Engine(loader.finish(normalize)));
  }

  /**
   * One of {@link calls}.
   *
   * @template {CallName} Name
   * @param {Name} name
   * @param {CallArguments<Name>} args
   * @returns {CallResult<Name>}
   * @throws {ExemplarError} the core's, and `freed`
   */
  call(name, args) {
    const index = this.#index;
    if (!index) throw new ExemplarError('freed', 'this index was freed: load it again');
    return rethrown(() => /** @type {any} */ (calls[name])(index, ...args));
  }

  free() {
    this.#index?.free();
    this.#index = undefined;
  }
}

/** @param {Uint8Array} chunk */
function* pieces(chunk) {
  let at = 0;
  do yield chunk.subarray(at, at + PIECE); while ((at += PIECE) < chunk.length);
}

/**
 * @template T
 * @param {() => T} run
 * @returns {T}
 */
function rethrown(run) {
  try {
    return run();
  } catch (error) {
    throw ExemplarError.from(error);
  }
}
