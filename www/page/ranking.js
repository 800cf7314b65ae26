import { briefHit } from '../component/brief.js';
import { DEFAULT_C } from './c-slider.js';
import { DEFAULT, METHODS } from './results.js';

/**
 * @typedef {import('../client/types.js').SearchOptions} SearchOptions
 * @typedef {import('../client/types.js').SearchResult} SearchResult
 * @typedef {import('./panels.js').Asked} Asked
 * @typedef {import('./site.js').Site} Site
 *
 * A search by each method, and what it takes to do it again with another C.
 * @typedef {object} Ranking
 * @property {Site} site
 * @property {Asked} asked
 * @property {(options: SearchOptions) => Promise<SearchResult>} search
 * @property {SearchResult[]} found one a method; of a site in parts, the default's alone
 * @property {SearchResult} knn a longer list of kNN's; of a site in parts, the default's
 * @property {Promise<SearchResult | undefined>} usual the SVM's by the default C; none while the query is being typed
 */

/**
 * Whether a site is searched in parts: then only the default ranks, until all of it is loaded.
 * @param {Site} site
 */
export const inParts = ({ index }) => index.info.vectors === 'shards';

/** How far down kNN's ranking the other columns' hits are looked for. */
const KNN_RANKS = 200;

/**
 * Ranks by each method.
 *
 * @param {Site} site
 * @param {Asked} asked
 * @param {{ k: number, C: number }} how
 * @param {AbortSignal} signal
 * @returns {Promise<Ranking>}
 */
export async function rank(site, asked, { k, C }, signal) {
  const { index } = site;
  const { query, more, less } = asked;
  /** @type {Ranking['search']} */
  const search = async (options) => {
    const alone = query && !more.length && !less.length;
    const result = await (alone ? index.search(query, { signal, ...options }) : index.refine(asked, { signal, ...options }));
    return { ...result, hits: result.hits.map(briefHit) };
  };
  if (inParts(site)) {
    const result = await search({ method: DEFAULT, k });
    return { site, asked, search, found: [result], knn: result, usual: Promise.resolve(undefined) };
  }
  // First, because the first search after loading also pays for starting up: the times shown should not.
  const knn = await search({ method: 'knn', k: Math.max(k, KNN_RANKS) });
  const methods = query && index.info.keywords ? [...METHODS, DEFAULT] : METHODS;
  await prepare(search, { C });
  // The default's closed form also works out something once.
  if (methods.includes(DEFAULT)) await search({ method: 'whitened', k: 1 });
  const found = await Promise.all(methods.map((method) => search({ method, k, C })));
  const usual = C === DEFAULT_C ? svmOf(found) : query?.unfinished ? undefined : search({ method: 'svm', k });
  return { site, asked, search, found, knn, usual: Promise.resolve(usual).catch(() => undefined) };
}

/**
 * Ranks the same again with another C, by the methods that it concerns.
 *
 * @param {Ranking} before
 * @param {{ k: number, C: number }} how
 * @param {AbortSignal} signal
 * @returns {Promise<Ranking>}
 */
export async function rankAgain(before, { k, C }, signal) {
  await prepare(before.search, { C, signal });
  const again = (/** @type {SearchResult} */ one) => (one.svm ? before.search({ method: one.method, k, C, signal }) : one);
  const found = await Promise.all(before.found.map(again));
  signal.throwIfAborted();
  return { ...before, found };
}

/**
 * Has the SVM work out what it needs for all queries with this C, which it keeps for one C: the times shown should be those
 * of a query.
 *
 * @param {Ranking['search']} search
 * @param {SearchOptions} options
 */
function prepare(search, options) {
  return search({ method: 'svm', k: 1, tolerance: 1, ...options });
}

/** @param {SearchResult[]} found */
export function svmOf(found) {
  const svm = found.find(({ method }) => method === 'svm');
  if (!svm) throw new TypeError('the SVM is always asked');
  return svm;
}
