import { openaiEmbedder, queryRecipe } from './embedder.js';
import { ExemplarError } from './errors.js';
import { abortable } from './promises.js';
import { NoWorker, WorkerEngine } from './worker-engine.js';

/**
 * @import { CallArguments, CallName, CallResult } from './calls.js'
 * @import { Engine, How } from './engine.js'
 * @import { ShardedEngine } from './sharded-engine.js'
 * @import { Abortable, Article, Embedder, Encoded, Examples, LoadOptions, NamedPassage, PassageMap, Query, SearchOptions, SearchResult } from './types.js'
 */

/**
 * A bundle that is ready to search. Ranking runs in a worker of its own, or on the page's thread where no worker can
 * be started.
 *
 * ```js
 * const index = await SearchIndex.load('search/bundle.json');
 * const embed = index.embedder({ endpoint: '/v1/embeddings' });
 * const { hits } = await index.search(await embed('how do I share data between threads'), { k: 5 });
 * ```
 */
export class SearchIndex {
  /** @type {WorkerEngine | Engine | ShardedEngine} */
  #engine;
  #restart;
  /** A new worker in the place of one that failed, on its way. @type {Promise<void> | undefined} */
  #restarted;
  #freed = new AbortController();
  /** Embedders that are of the bundle's model. @type {WeakSet<Embedder>} */
  #verified = new WeakSet();

  /**
   * Use {@link SearchIndex.load}.
   * @param {WorkerEngine | Engine | ShardedEngine} engine
   * @param {(signal: AbortSignal) => Promise<WorkerEngine>} [restart] the engine again, in a new worker
   */
  constructor(engine, restart) {
    this.#engine = engine;
    this.#restart = restart;
    /** Where ranking runs: `worker` or `page`. */
    this.thread = engine instanceof WorkerEngine ? 'worker' : 'page';
  }

  /** Counts and the embedding space. */
  get info() {
    return this.#engine.info;
  }

  /**
   * Downloads the WebAssembly core and the bundle, and checks the bundle.
   *
   * @param {string | URL} url the bundle's, absolute or relative to the page
   * @param {LoadOptions} [options]
   * @returns {Promise<SearchIndex>}
   * @throws {ExemplarError} `network`, `cors`, `http`, a `bundle-...` code; see ExemplarError
   */
  static async load(url, options = {}) {
    options.signal?.throwIfAborted();
    const { href } = new URL(url, document.baseURI);
    options = { ...options, background: (options.background ?? true) && !savesData() };
    try {
      return new SearchIndex(await WorkerEngine.load(href, options), (signal) => WorkerEngine.load(href, { ...options, signal }));
    } catch (error) {
      if (!(error instanceof NoWorker)) throw error;
    }
    const { loadEngine } = await import('./engine.js').catch((cause) => {
      throw new ExemplarError('network', `the search engine could not be loaded: ${cause.message}`, { cause });
    });
    return new SearchIndex(await loadEngine(href, options));
  }

  /** What makes a query's embedding comparable with this bundle's vectors. */
  get space() {
    return this.info.space;
  }

  /**
   * An embedder for this bundle's queries: {@link openaiEmbedder} with the recipe that the bundle has for them, and
   * verified when it is first used.
   *
   * @param {Omit<Parameters<typeof openaiEmbedder>[0], 'model'> & { model?: string }} options
   * @returns {Embedder} rejects as {@link openaiEmbedder}'s and {@link SearchIndex.verify} do
   * @throws {ExemplarError} `option`
   */
  embedder(options) {
    const embed = openaiEmbedder({ ...queryRecipe(this.space), ...options });
    return async (text, options) => {
      const [embedding] = await Promise.all([embed(text, options), this.verify(embed, options)]);
      return embedding;
    };
  }

  /**
   * Asks an embedder for the vector of a text whose vector the bundle knows, and compares: another model finds
   * something for any query, and nobody could tell that it is noise. Once an embedder has passed, and where a bundle has
   * no such texts, this asks nothing.
   *
   * @param {Embedder} embed
   * @param {Abortable} [options]
   * @returns {Promise<void>}
   * @throws {ExemplarError} `other-model`, `query-dimensions`, `freed`, and what the embedder rejects with
   */
  async verify(embed, { signal } = {}) {
    const [probe] = this.space.probes ?? [];
    if (!probe || this.#verified.has(embed)) return;
    await this.#call('verify', [await embed(probe.text, { signal })], { signal });
    this.#verified.add(embed);
  }

  /**
   * Ranks the articles for a query: its text, its embedding, or `{ text, embedding }`. A text alone is placed by the
   * bundle's query encoder where the method needs an embedding; the result's `known` then says how much of it the encoder
   * knows.
   *
   * Of a bundle in shards it fetches what the query needs. `onUpdate` is given the hits each time more of them is known, by words
   * first; the promise resolves to the last ones.
   *
   * @param {Query} query
   * @param {SearchOptions} [options]
   * @returns {Promise<SearchResult>}
   * @throws {ExemplarError} `query-dimensions`, `not-finite`, `zero-vector`, `method-needs`, `option`, `encoder`, `freed`; of a
   *   bundle in shards also `network`, `http` and others of a download
   */
  async search(query, { signal, onUpdate, ...options } = {}) {
    return this.#call('search', [query, options], { signal, onUpdate });
  }

  /**
   * Loads all of a bundle in shards: from then on every ranking is exact and needs no network. Of a bundle in one file, all is
   * there already.
   *
   * @param {Abortable} [options]
   * @returns {Promise<void>}
   * @throws {ExemplarError} `network`, `http` and others of a download; `shard`, `freed`
   */
  async complete({ signal } = {}) {
    await this.#call('complete', [], { signal });
  }

  /**
   * Ranks the other articles by how alike they are to an article, which is itself left out.
   *
   * @param {string} id
   * @param {SearchOptions} [options]
   * @returns {Promise<SearchResult>}
   * @throws {ExemplarError} `unknown-article`, `method-needs`, `option`, `freed`
   */
  async similar(id, options) {
    return this.refine({ more: [id] }, options);
  }

  /**
   * Ranks by articles that the reader likes and does not want, with or without a query; they are left out themselves.
   * With articles alone, nothing is asked of an embedding API.
   *
   * @param {Examples} examples
   * @param {SearchOptions} [options]
   * @returns {Promise<SearchResult>}
   * @throws {ExemplarError} `unknown-article`, `method-needs`, `option`, `query-dimensions`, `not-finite`, `freed`
   */
  async refine(examples, { signal, ...options } = {}) {
    return this.#call('refine', [examples, options], { signal });
  }

  /**
   * Embeds a text with the bundle's query encoder, without an API.
   *
   * @param {string} text
   * @param {Abortable} [options]
   * @returns {Promise<Encoded>}
   * @throws {ExemplarError} `no-encoder`, `encoder`, `freed`
   */
  async encode(text, { signal } = {}) {
    return this.#call('encode', [text], { signal });
  }

  /**
   * The article with this id.
   *
   * @param {string} id
   * @param {Abortable} [options]
   * @returns {Promise<Article>}
   * @throws {ExemplarError} `unknown-article`, `freed`
   */
  async article(id, { signal } = {}) {
    return this.#call('article', [id], { signal });
  }

  /**
   * The passages in two dimensions, and how kNN and the SVM see them from a query and liked articles; without either, the
   * passages alone. For drawing; nothing is ranked by it.
   *
   * @param {Examples} examples
   * @param {SearchOptions} [options]
   * @returns {Promise<PassageMap>}
   * @throws {ExemplarError} as {@link SearchIndex.refine} does
   */
  async map(examples, { signal, ...options } = {}) {
    return this.#call('map', [examples, options], { signal });
  }

  /**
   * Passages by their indices, such as a map has them: each with its article.
   *
   * @param {readonly number[]} indices from 0
   * @param {Abortable} [options]
   * @returns {Promise<NamedPassage[]>}
   * @throws {ExemplarError} `option`, `freed`
   */
  async passages(indices, { signal } = {}) {
    return this.#call('passages', [indices], { signal });
  }

  /**
   * A worker that crashes or hangs under a call is replaced, and the call made once more: by what it crashed, nobody may
   * know, and nothing is changed by a call.
   *
   * @template {CallName} Name
   * @param {Name} name
   * @param {CallArguments<Name>} args
   * @param {How} how
   * @returns {Promise<Awaited<CallResult<Name>>>}
   */
  async #call(name, args, how) {
    how.signal?.throwIfAborted();
    const engine = /** @type {any} */ (await this.#working(how.signal));
    try {
      return await engine.call(name, args, how);
    } catch (error) {
      how.signal?.throwIfAborted();
      if (!engine.failed || this.#freed.signal.aborted) throw error;
    }
    return /** @type {any} */ (await this.#working(how.signal)).call(name, args, how);
  }

  /** @param {AbortSignal} [signal] */
  async #working(signal) {
    if (!this.#restart || !(this.#engine instanceof WorkerEngine) || !this.#engine.failed) return this.#engine;
    this.#freed.signal.throwIfAborted();
    this.#restarted ??= this.#restart(this.#freed.signal)
      .then((engine) => void (this.#engine = engine))
      .finally(() => (this.#restarted = undefined));
    await abortable(this.#restarted, signal);
    return this.#engine;
  }

  /** Ends the worker and gives the memory back; calls that are still waiting reject with `freed`. */
  free() {
    this.#freed.abort(new ExemplarError('freed', 'this index was freed: load it again'));
    this.#engine.free();
  }
}

/** Whether the reader has asked for few downloads. */
function savesData() {
  const { connection } = /** @type {any} */ (navigator);
  return Boolean(connection?.saveData) || matchMedia('(prefers-reduced-data: reduce)').matches;
}
