/**
 * @import { SearchIndex } from './client.js'
 * @import { Abortable, Article, Examples, SearchOptions, SearchResult } from './types.js'
 */

/** Milliseconds before a bundle that could not be loaded is tried again: not with every letter that is typed. */
const AGAIN = 1000;

/** One of several bundles: its articles have names and addresses that mean the same beside those of the others. */
export class Member {
  #load;
  /** @type {Promise<SearchIndex> | undefined} */
  #loading;
  /** When the last try failed. @type {number | undefined} */
  #failed;
  /** Once it is there. @type {SearchIndex | undefined} */
  loaded;

  /**
   * @param {string} address the bundle's, absolute, without a fragment
   * @param {() => Promise<SearchIndex>} load
   */
  constructor(address, load) {
    this.address = address;
    this.#load = load;
  }

  /** The bundle, which is loaded again where that failed. */
  index() {
    if (this.#failed !== undefined && performance.now() - this.#failed > AGAIN) this.#loading = this.#failed = undefined;
    return this.#loading ??= this.#start();
  }

  async #start() {
    try {
      return this.loaded = await this.#load();
    } catch (error) {
      this.#failed = performance.now();
      throw error;
    }
  }

  /**
   * @param {Examples} examples by their ids in the bundle; without any, it is a search for the query
   * @param {SearchOptions} options
   * @returns {Promise<SearchResult>}
   */
  async ask(examples, { onUpdate, ...options }) {
    const index = await this.index();
    /** @type {SearchOptions} */
    const how = { ...options, onUpdate: (result) => onUpdate?.(this.#named(result)) };
    const byExamples = examples.more?.length || examples.less?.length;
    return this.#named(await (byExamples ? index.refine(examples, how) : index.search(examples.query ?? '', how)));
  }

  /**
   * @param {string} id
   * @param {Abortable} options
   */
  async article(id, options) {
    return this.#article(await (await this.index()).article(id, options));
  }

  /**
   * What an article of this bundle is called in it; nothing if it is of another.
   * @param {string} id among all
   */
  ownId(id) {
    return id.startsWith(`${this.address}#`) ? id.slice(this.address.length + 1) : undefined;
  }

  free() {
    this.#loading?.then((index) => index.free(), () => {});
  }

  /**
   * @template {Pick<SearchResult, 'hits'>} Result
   * @param {Result} result
   * @returns {Result}
   */
  #named(result) {
    return { ...result, hits: result.hits.map((hit) => ({ ...hit, bundle: this.address, article: this.#article(hit.article) })) };
  }

  /** @param {Article} article @returns {Article} */
  #article(article) {
    const { id, url, image } = article;
    return { ...article, id: `${this.address}#${id}`, url: this.#absolute(url), ...(typeof image === 'string' && { image: this.#absolute(image) }) };
  }

  /**
   * Relative to the bundle's own site: the folder that holds the bundle's folder.
   * @param {string} url
   */
  #absolute(url) {
    return URL.parse(url, new URL('..', this.address))?.href ?? url;
  }
}
