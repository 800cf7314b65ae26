import { merge } from './merging.js';

/**
 * @import { ExemplarError } from './errors.js'
 * @import { Closeness, Facet, SearchResult } from './types.js'
 *
 * @typedef {Omit<SearchResult, 'milliseconds'> & { milliseconds?: number }} Found
 *
 * @typedef {object} Answer of one bundle, as far as it has come
 * @property {string} bundle its address
 * @property {number} passages how many it has
 * @property {Found} [result]
 * @property {ExemplarError} [problem] why it did not answer, or not to the end
 * @property {ExemplarError} [unknown] that no article of it has a field that is asked for
 */

/** @type {Closeness[]} */
const FROM_CLOSEST = ['good', 'nearest', 'nothing'];

/** What quotes a phrase. */
const QUOTES = /["“”„]/;

/**
 * What several bundles answer, as one result.
 *
 * @param {Answer[]} answers
 * @param {string} [text] the query's, if it has one
 * @param {number} [k] hits at most
 * @returns {SearchResult}
 */
export function mergedResult(answers, text, k = 10) {
  const results = answers.flatMap(({ result }) => result ?? []);
  /** @template T @param {(result: Found) => T | undefined} value @returns {T[]} */
  const all = (value) => results.flatMap((result) => value(result) ?? []);
  const closeness = all((result) => result.closeness);
  const complete = all((result) => result.complete);
  const known = all((result) => result.known);
  const closest = FROM_CLOSEST.find((one) => closeness.includes(one));
  // A bundle that has not the phrase gives what has its words, which is for where no bundle has it.
  const counts = (/** @type {Found} */ { closeness }) => !text || !closest || !closeness || !QUOTES.test(text) || closeness === closest;
  const rankings = answers.flatMap(({ result, passages }) => (result && counts(result) ? { ...result, passages } : []));
  return {
    method: (results.find(({ hits }) => hits.length) ?? results[0])?.method ?? 'auto',
    hits: merge(rankings, text).slice(0, k).map((hit, i) => ({ ...hit, rank: i + 1 })),
    facets: added(rankings.flatMap(({ facets = [] }) => facets)),
    known: known.length ? Math.max(...known) : undefined,
    closeness: closest,
    complete: complete.length ? Math.min(...complete) : undefined,
    fetched: fetched(all((result) => result.fetched)),
    problem: problemOf(answers),
    milliseconds: Math.max(0, ...all((result) => result.milliseconds)),
  };
}

/**
 * The counts of each field, of all bundles.
 * @param {Facet[]} facets
 */
function added(facets) {
  /** @type {Map<string, Map<string, number>>} */
  const fields = new Map();
  for (const { field, counts } of facets) {
    const sums = fields.get(field) ?? new Map();
    for (const { value, count } of counts) sums.set(value, (sums.get(value) ?? 0) + count);
    fields.set(field, sums);
  }
  const commonestFirst = (/** @type {Map<string, number>} */ sums) =>
    [...sums].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
  return [...fields].map(([field, sums]) => ({ field, counts: commonestFirst(sums) }));
}

/** @param {NonNullable<SearchResult['fetched']>[]} parts */
function fetched(parts) {
  const add = (/** @type {typeof parts[number]} */ a, /** @type {typeof a} */ b) => ({ files: a.files + b.files, bytes: a.bytes + b.bytes });
  return parts.length ? parts.reduce(add) : undefined;
}

/**
 * Why the hits of a bundle are missing, or some of them.
 * @param {Answer[]} answers
 * @returns {SearchResult['problem']}
 */
function problemOf(answers) {
  for (const { bundle, result, problem = result?.problem } of answers) {
    if (problem) return { bundle, code: problem.code, message: problem.message };
  }
  return undefined;
}
