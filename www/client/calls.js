import { ExemplarError } from './errors.js';

/**
 * @import { Index } from './pkg/exemplar_search.js'
 * @import { Article, Encoded, Examples, NamedPassage, PassageMap, Query, RankingOptions, SearchResult } from './types.js'
 */

/**
 * What an index can be asked, and how each call reaches the core. The engine, its worker and the page all pass calls on by this table.
 * A new call is written here, and in client.js, where pages see it. A call may also return a promise.
 */
export const calls = {
  /**
   * @param {Index} index
   * @param {Query} query
   * @param {RankingOptions} [options]
   * @returns {SearchResult}
   */
  search(index, query, options) {
    const { text, unfinished, embedding } = partsOf(query);
    return timed(() => index.search(text, unfinished, embedding, options));
  },

  /**
   * @param {Index} index
   * @param {Examples} examples
   * @param {RankingOptions} [options]
   * @returns {SearchResult}
   */
  refine(index, examples, options) {
    return timed(() => index.refine(...partsOfExamples(examples), options));
  },

  /**
   * @param {Index} index
   * @param {Examples} examples
   * @param {RankingOptions} [options]
   * @returns {PassageMap}
   */
  map(index, examples, options) {
    return index.map(...partsOfExamples(examples), options);
  },

  /**
   * @param {Index} index
   * @param {Float32Array} vector an API's, of the first probe's text
   */
  verify(index, vector) {
    index.verify(vector);
  },

  /**
   * @param {Index} index
   * @param {string} text
   * @returns {string}
   */
  plainText(index, text) {
    return /** @type {typeof Index} */ (index.constructor).plainText(text);
  },

  /**
   * @param {Index} index
   * @param {string} text
   * @returns {Encoded}
   */
  encode(index, text) {
    return index.encode(text);
  },

  /**
   * @param {Index} index
   * @param {string} id
   * @returns {Article}
   */
  article(index, id) {
    return index.article(id);
  },

  /**
   * @param {Index} index
   * @param {readonly number[]} indices
   * @returns {NamedPassage[]}
   */
  passages(index, indices) {
    return index.passages(Uint32Array.from(indices));
  },

  /** Needs the whole bundle, so a bundle in shards is loaded for it. */
  complete() {},

  /**
   * @param {Index} index
   * @returns {Float32Array} a copy of the vectors, row after row
   */
  vectors(index) {
    return index.vectors();
  },
};

/**
 * @typedef {keyof typeof calls} CallName
 */

/**
 * What a call takes beside the index.
 * @template {CallName} Name
 * @typedef {typeof calls[Name] extends (index: Index, ...args: infer Args) => unknown ? Args : never} CallArguments
 */

/**
 * @template {CallName} Name
 * @typedef {ReturnType<typeof calls[Name]>} CallResult
 */

/**
 * @param {Query} query
 * @returns {{ text?: string, unfinished: boolean, embedding?: Float32Array }}
 */
export function partsOf(query) {
  if (typeof query === 'string') return { text: query, unfinished: false };
  const { text, unfinished = false, embedding } = 'length' in query ? { embedding: query } : query;
  return { text, unfinished, embedding: embedding && Float32Array.from(embedding) };
}

/**
 * @param {Examples} examples
 * @returns {[text: string | undefined, unfinished: boolean, embedding: Float32Array | undefined, more: string[], less: string[]]}
 */
export function partsOfExamples({ query = {}, more = [], less = [], ...rest }) {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new ExemplarError('option', `${unknown} is not query, more or less: options are the second argument`);
  }
  const { text, unfinished, embedding } = partsOf(query);
  return [text, unfinished, embedding, [...more], [...less]];
}

/**
 * @template {object} Result
 * @param {() => Result} rank
 * @returns {Result & { milliseconds: number }}
 */
export function timed(rank) {
  const start = performance.now();
  const result = rank();
  return { ...result, milliseconds: performance.now() - start };
}
