import { calls } from './calls.js';
import { startCore } from './core.js';
import { download, receive, tally } from './download.js';
import { freed, rethrown } from './errors.js';
import { ShardedEngine, beginsAsManifest, shardFolder } from './sharded-engine.js';

/**
 * @import { Index } from './pkg/exemplar_search.js'
 * @import { IndexInfo, LoadOptions, SearchResult } from './types.js'
 * @import { CallArguments, CallName, CallResult } from './calls.js'
 * @import { Core } from './core.js'
 * @import { ExemplarError } from './errors.js'
 *
 * @typedef {object} How
 * @property {AbortSignal} [signal]
 * @property {(result: SearchResult) => void} [onUpdate] is given a search's hits as far as they are known, each time more is
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
   * All of a bundle, also of one in shards.
   *
   * @param {string} url the bundle's JSON, absolute; files that it names are beside it
   * @param {LoadOptions} [options]
   */
  static async load(url, options) {
    const engine = await loadEngine(url, options);
    return engine instanceof Engine ? engine : new Engine(await engine.whole(options?.signal));
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
    if (!index) throw freed();
    return rethrown(() => /** @type {any} */ (calls[name])(index, ...args));
  }

  free() {
    this.#index?.free();
    this.#index = undefined;
  }
}

/**
 * A bundle: in memory as a whole, or in shards that are fetched as they are needed.
 *
 * @param {string} url the bundle's JSON, absolute; files that it names are beside it
 * @param {LoadOptions} [options]
 * @param {Promise<Response>} [answer] the JSON, where it is on its way
 * @returns {Promise<Engine | ShardedEngine>}
 */
export async function loadEngine(url, { onProgress, ...options } = {}, answer) {
  const bundle = tally((loaded, total) => onProgress?.({ phase: 'bundle', loaded, total }));
  /** @param {'whole' | 'shards'} part */
  const start = (part) => {
    const core = startCore(part, (loaded, total) => onProgress?.({ phase: 'wasm', loaded, total }));
    core.catch(() => {});
    return core;
  };
  // Once the bundle's first bytes are there: the core comes beside the rest of it, or beside the first shard.
  const json = await download(url, bundle(), {
    answer,
    signal: options.signal,
    onStart: (bytes) => void start(beginsAsManifest(bytes) ? 'shards' : 'whole'),
  });
  const folder = shardFolder(json, url);
  if (folder === undefined) return loadWhole(url, json, await start('whole'), bundle, options);
  let loaded = 0;
  const told = bundle();
  return ShardedEngine.load(url, json, folder, start('shards'), (bytes) => told((loaded += bytes), undefined), options);
}

/**
 * @param {string} url
 * @param {Uint8Array} json
 * @param {Core} core
 * @param {ReturnType<typeof tally>} bundle
 * @param {LoadOptions} options
 */
async function loadWhole(url, json, { Loader }, bundle, { normalize = true, signal }) {
  const loader = rethrown(() => new Loader(json));
  try {
    // Straight into the core's memory: the files are most of a bundle, and no byte of them is kept twice.
    const receiving = loader.files().map((name) => {
      let first = true;
      return receive(new URL(name, url).href, (chunk, total) => {
        if (first && total !== undefined) loader.expect(name, total);
        first = false;
        for (const piece of pieces(chunk)) rethrown(() => loader.add(name, piece));
      }, bundle(), { signal });
    });
    await Promise.all(receiving);
    signal?.throwIfAborted();
  } catch (error) {
    loader.free();
    throw error;
  }
  return rethrown(() => new Engine(loader.finish(normalize)));
}

/** @param {Uint8Array} chunk */
function* pieces(chunk) {
  let at = 0;
  do yield chunk.subarray(at, at + PIECE); while ((at += PIECE) < chunk.length);
}
