import { checkedEndpoint, openaiEmbedder, queryRecipe } from './embedder.js';
import { ExemplarError, freed } from './errors.js';
import { abortable } from './promises.js';
import { NoWorker, WorkerEngine } from './worker-engine.js';

/**
 * @import { CallArguments, CallName, CallResult } from './calls.js'
 * @import { Engine, How } from './engine.js'
 * @import { FederatedEngine } from './federated-engine.js'
 * @import { RemoteEngine } from './remote-engine.js'
 * @import { ShardedEngine } from './sharded-engine.js'
 * @import { Abortable, Article, Embedder, Encoded, Examples, LoadOptions, NamedPassage, PassageMap, Query, SearchOptions, SearchResult } from './types.js'
 */

/** What every search operator has one of. */
const OPERATOR = /["“”„:-]/;

/**
 * A bundle that is ready to search. Ranking runs in a worker of its own, or on the page's thread where no worker can
 * be started.
 *
 * ```js
 * const index = await SearchIndex.load('search/bundle.json');
 * const { hits } = await index.search('how do I share data between threads', { k: 5 });
 * ```
 */
export class SearchIndex {
  /** @type {WorkerEngine | Engine | ShardedEngine | RemoteEngine | FederatedEngine} */
  #engine;
  #restart;
  /** A new worker in the place of one that failed, on its way. @type {Promise<void> | undefined} */
  #restarted;
  #freed = new AbortController();
  /** Embedders that are of the bundle's model. @type {WeakSet<Embedder>} */
  #verified = new WeakSet();

  /**
   * Use {@link SearchIndex.load}.
   * @param {WorkerEngine | Engine | ShardedEngine | RemoteEngine | FederatedEngine} engine
   * @param {(signal: AbortSignal) => Promise<WorkerEngine>} [restart] the engine again, in a new worker
   */
  constructor(engine, restart) {
    this.#engine = engine;
    this.#restart = restart;
    /** Where ranking runs. @type {'worker' | 'page'} */
    this.thread = 'thread' in engine ? engine.thread : 'page';
  }

  /** Counts, what the bundle has, and its embedding space. */
  get info() {
    return this.#engine.info;
  }

  /**
   * Downloads the WebAssembly core and the bundle, and checks the bundle. Of a bundle in shards it downloads only what every query
   * needs. Of a remote bundle it downloads what ranks, and `candidates` asks the engine that holds the rows. Several bundles are searched as
   * one; it waits for the first of them that is there.
   *
   * @param {string | URL | readonly (string | URL)[]} url the bundle's address, absolute or relative to the page, or those of several
   * @param {LoadOptions} [options]
   * @returns {Promise<SearchIndex>}
   * @throws {ExemplarError} `network`, `cors`, `http`, `no-wasm`, or a code for bundles such as `bundle-field`; see ExemplarError
   */
  static async load(url, options = {}) {
    options.signal?.throwIfAborted();
    if (typeof url === 'object' && 'length' in url) {
      const { FederatedEngine } = await loaded(import('./federated-engine.js'));
      return new SearchIndex(await FederatedEngine.load(url, options, SearchIndex.load));
    }
    const { href } = new URL(url, document.baseURI);
    const { candidates } = options;
    if (candidates !== undefined) {
      const source = typeof candidates === 'function' ? candidates : checkedEndpoint(candidates, 'candidates');
      const { RemoteEngine } = await loaded(import('./remote-engine.js'));
      return new SearchIndex(await RemoteEngine.load(href, { ...options, candidates: source }));
    }
    options = { ...options, background: (options.background ?? true) && !savesData() };
    try {
      return new SearchIndex(await WorkerEngine.load(href, options), (signal) => WorkerEngine.load(href, { ...options, signal }));
    } catch (error) {
      if (!(error instanceof NoWorker)) throw error;
    }
    const { loadEngine } = await loaded(import('./engine.js'));
    return new SearchIndex(await loadEngine(href, options));
  }

  /** What makes a query's embedding comparable with this bundle's vectors. */
  get space() {
    return this.info.space;
  }

  /**
   * An embedder for this bundle's queries: {@link openaiEmbedder} with the bundle's recipe. It is verified when it is first used, and
   * embeds the {@link SearchIndex.plainText} of what it is given.
   *
   * @param {Omit<Parameters<typeof openaiEmbedder>[0], 'model'> & { model?: string }} options
   * @returns {Embedder} rejects as {@link openaiEmbedder}'s and {@link SearchIndex.verify} do
   * @throws {ExemplarError} `option`
   */
  embedder(options) {
    const embed = openaiEmbedder({ ...queryRecipe(this.space), ...options });
    return async (text, options) => {
      const plain = await this.plainText(text, options);
      const [embedding] = await Promise.all([embed(plain, options), this.verify(embed, options)]);
      return embedding;
    };
  }

  /**
   * Asks an embedder for the vector of the bundle's first probe, and compares it with the bundle's own. With another model a search
   * would find something for any query, and nobody could tell that it is noise. It asks nothing if the embedder has passed before,
   * or if the bundle has no probes.
   *
   * @param {Embedder} embed
   * @param {Abortable} [options]
   * @returns {Promise<void>}
   * @throws {ExemplarError} `other-model`, `query-dimensions`, `freed`, and what the embedder rejects with
   */
  async verify(embed, { signal } = {}) {
    if ('verify' in this.#engine) return this.#engine.verify(embed, { signal });
    const [probe] = this.space.probes ?? [];
    if (!probe || this.#verified.has(embed)) return;
    await this.#call('verify', [await embed(probe.text, { signal })], { signal });
    this.#verified.add(embed);
  }

  /**
   * Ranks the articles for a query: its text, its embedding, or `{ text, embedding, unfinished }`. If there is only a text and the
   * method needs an embedding, the bundle's query encoder makes it; the result's `known` then says how much of the text the encoder
   * knows.
   *
   * Of a bundle in shards it fetches what the query needs. `onUpdate` gets the result each time more of it is known, by words first;
   * the promise resolves to the last one.
   *
   * @param {Query} query
   * @param {SearchOptions} [options]
   * @returns {Promise<SearchResult>}
   * @throws {ExemplarError} `query-dimensions`, `not-finite`, `zero-vector`, `method-needs`, `too-many-dimensions`, `option`, `encoder`,
   *   `freed`; for a bundle in shards also `network`, `http` and others of a download
   */
  async search(query, { signal, onUpdate, ...options } = {}) {
    return this.#call('search', [query, options], { signal, onUpdate });
  }

  /**
   * Downloads the rest of a bundle in shards. After that every ranking is exact and needs no network. For other bundles it does
   * nothing.
   *
   * @param {Abortable} [options]
   * @returns {Promise<void>}
   * @throws {ExemplarError} `network`, `http` and others of a download; `shard`, `freed`
   */
  async complete({ signal } = {}) {
    await this.#call('complete', [], { signal });
  }

  /**
   * Ranks the other articles by their similarity to one article: {@link SearchIndex.refine} with one example.
   *
   * @param {string} id the article's
   * @param {SearchOptions} [options]
   * @returns {Promise<SearchResult>}
   * @throws {ExemplarError} `unknown-article`, `method-needs`, `option`, `freed`
   */
  async similar(id, options) {
    return this.refine({ more: [id] }, options);
  }

  /**
   * Ranks by articles that the reader likes and does not want, with or without a query. These articles are no hits. Without a query,
   * no embedding is needed. `onUpdate` is as in {@link SearchIndex.search}.
   *
   * @param {Examples} examples
   * @param {SearchOptions} [options]
   * @returns {Promise<SearchResult>}
   * @throws {ExemplarError} `unknown-article`, and those of {@link SearchIndex.search}
   */
  async refine(examples, { signal, onUpdate, ...options } = {}) {
    return this.#call('refine', [examples, options], { signal, onUpdate });
  }

  /**
   * What of a query's text to embed: all but its search operators, such as the quotes of `"a phrase"` and all of `-without`.
   *
   * @param {string} text
   * @param {Abortable} [options]
   * @returns {Promise<string>}
   * @throws {ExemplarError} `freed`
   */
  async plainText(text, { signal } = {}) {
    return OPERATOR.test(text) ? this.#call('plainText', [text], { signal }) : text;
  }

  /**
   * Makes a text's embedding with the bundle's query encoder, without an API.
   *
   * @param {string} text
   * @param {Abortable} [options]
   * @returns {Promise<Encoded>} without `vector` if the encoder knows nothing of the text
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
   * The passages in two dimensions, for drawing. With a query or liked articles, also how kNN and the SVM score them. Of the options,
   * it uses only the SVM's.
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
   * Passages with their articles, by indices: positions in a map's arrays, or a hit's `passageIndex`.
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
    this.#freed.abort(freed());
    this.#engine.free();
  }
}

/**
 * A module that is loaded late.
 * @template T
 * @param {Promise<T>} module
 */
function loaded(module) {
  return module.catch((cause) => {
    throw new ExemplarError('network', `the search engine could not be loaded: ${cause.message}`, { cause });
  });
}

/** Whether the reader has asked for few downloads. */
function savesData() {
  const { connection } = /** @type {any} */ (navigator);
  return Boolean(connection?.saveData) || matchMedia('(prefers-reduced-data: reduce)').matches;
}
