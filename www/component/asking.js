// What a box asks of its index: the best hits of a question, those that come first before the others, and only those in its scope.

/**
 * @import { SearchIndex } from '../client/client.js'
 * @import { Method, SearchResult, TextAndEmbedding } from '../client/types.js'
 *
 * @typedef {Omit<SearchResult, 'milliseconds'>} Found
 *
 * @typedef {object} Question
 * @property {TextAndEmbedding} query
 * @property {string[]} more ids of articles that the reader wants more of
 * @property {string[]} less and less
 * @property {Method} method
 * @property {number} k how many hits
 * @property {number} passages how many of an article
 * @property {import('../client/types.js').Strictness} strictness how easily hits are called close
 * @property {readonly string[]} facets
 * @property {Record<string, string[]>} filter
 * @property {Record<string, string[]>} [first] what articles have that come before the others: one of the values in each field
 * @property {(url: string) => boolean} [within] whether an article is in the scope, by its address
 */

/** How many times more hits are asked for where few are in the scope. */
const DEEPER = 4;

/**
 * @param {SearchIndex} index
 * @param {Question} question
 * @param {AbortSignal} signal
 * @param {(found: Found) => void} [onUpdate] hits so far, of a bundle in shards
 * @returns {Promise<Found>}
 */
export async function ask(index, question, signal, onUpdate) {
  const { first, filter, k } = question;
  // What the reader chose counts, not what the page supposes.
  if (!first || Object.keys(first).some((field) => filter[field]?.length)) return askWithin(index, question, signal, onUpdate);
  const found = await askWithin(index, { ...question, filter: { ...filter, ...first } }, signal, onUpdate);
  if (found.hits.length >= k) return found;
  const all = await askWithin(index, question, signal);
  const others = all.hits.filter(({ article }) => !found.hits.some((hit) => hit.article.id === article.id));
  return { ...all, hits: [...found.hits, ...others].slice(0, k) };
}

/**
 * Deeper and deeper, until there are enough hits within the scope or no more at all.
 * @type {typeof ask}
 */
async function askWithin(index, question, signal, onUpdate) {
  const { within, k } = question;
  if (!within) return askOnce(index, question, signal, onUpdate);
  const only = (/** @type {Found} */ found) => ({ ...found, hits: found.hits.filter(({ article }) => within(article.url)).slice(0, k) });
  for (let depth = DEEPER * k; ; depth *= DEEPER) {
    const found = await askOnce(index, { ...question, k: depth }, signal, onUpdate && ((found) => onUpdate(only(found))));
    const hits = only(found);
    if (hits.hits.length === k || found.hits.length < depth) return hits;
  }
}

/** @type {typeof ask} */
function askOnce(index, { query, more, less, method, k, passages, strictness, facets, filter }, signal, onUpdate) {
  const options = { method, k, passages, strictness, facets, filter, signal };
  return more.length || less.length ? index.refine({ query, more, less }, { ...options, onUpdate }) : index.search(query, { ...options, onUpdate });
}
