// How the hits of several bundles become one ranking: docs/decisions/merging.md has what was measured.

/**
 * @import { Component, Hit, SearchResult } from './types.js'
 *
 * @typedef {Pick<SearchResult, 'method' | 'hits' | 'known'> & { passages: number }} Ranking of one bundle, best first; `passages` is how many it has
 * @typedef {{ hit: Hit, named: number, score: number }} Rated
 */

/** So many of the best hits of each bundle say what scores are like. */
export const COMPARED = 10;

/**
 * A hit's score is next to those of its own bundle's passages. So what it is made of, cosines and BM25, is made comparable by the best hits
 * of all bundles, as z-scores, and summed as the method does. The order within a bundle stays, and what was typed as it stands in a title or
 * a heading comes first.
 *
 * @param {Ranking[]} rankings
 * @param {string} [text] the query's
 * @returns {Hit[]} all hits, best first, with scores that are comparable; of a page that several bundles have, the best
 */
export function merge(rankings, text = '') {
  const found = rankings.filter(({ hits }) => hits.length);
  const parts = partsOfAll(found).map(([name, weight]) => zScores(found, name, weight));
  const query = plain(text);
  const rated = found.flatMap((ranking) => inOrder(ranking.hits.map((hit, place) => {
    // Without a score that all have, the first of each come first.
    const score = parts.length ? parts.reduce((sum, part) => sum + part(ranking, hit), 0) : -place;
    return { hit, named: namedBy(query, hit), score };
  })));
  const pages = new Set();
  return rated.sort((a, b) => compare(b, a)).flatMap(({ hit, score }) => {
    const { url } = hit.article;
    return pages.has(url) ? [] : (pages.add(url), { ...hit, score });
  });
}

/**
 * What the method sums up, with weights, as far as all hits have it.
 * @param {Ranking[]} rankings
 */
function partsOfAll(rankings) {
  const inAll = (/** @type {Component} */ name) => rankings.every(({ hits }) => hits.every(({ scores }) => scores[name] !== undefined));
  return partsOf(rankings[0]?.method ?? '').filter(([name]) => inAll(name));
}

/**
 * @param {string} method such as `whitened+0.5*lexical`
 * @returns {[Component, number][]}
 */
function partsOf(method) {
  if (method === 'hybrid') return partsOf('knn+svm');
  return method.split('+').map((part) => {
    const [name, weight = 1] = part.split('*').reverse();
    return [/** @type {Component} */ (name), Number(weight)];
  });
}

/**
 * @param {Ranking[]} rankings
 * @param {Component} name
 * @param {number} weight
 * @returns {(ranking: Ranking, hit: Hit) => number}
 */
function zScores(rankings, name, weight) {
  const value = (/** @type {Ranking} */ { passages, known = 1 }, /** @type {Hit} */ { scores: { [name]: score = 0 } }) =>
    // Words are the rarer the more passages there are: in a small bundle, BM25 is less for the same. And a query encoder places a text by
    // the words that it knows, however few they are.
    (name === 'lexical' ? score / Math.sqrt(Math.log(passages + 1)) : score * known ** 2);
  const values = rankings.flatMap((ranking) => ranking.hits.slice(0, COMPARED).map((hit) => value(ranking, hit)));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return (ranking, hit) => deviation && (weight * (value(ranking, hit) - mean)) / deviation;
}

/**
 * A hit is no lower than those below it in its own bundle, which knows what its owner has come first, and what pages count.
 * @param {Rated[]} rated best first
 */
function inOrder(rated) {
  for (let i = rated.length - 2; i >= 0; i--) {
    const [above, below] = /** @type {[Rated, Rated]} */ (rated.slice(i, i + 2));
    if (compare(above, below) < 0) rated[i] = { ...below, hit: above.hit };
  }
  return rated;
}

/**
 * @param {Rated} a
 * @param {Rated} b
 */
function compare(a, b) {
  return a.named - b.named || a.score - b.score;
}

/**
 * Where words rank: 2 if the query is the title of the hit's article, 1 if it is the heading of its passage, else 0.
 * @param {string} query plain
 * @param {Hit} hit
 */
function namedBy(query, { article, passage, scores }) {
  if (!query || scores.lexical === undefined) return 0;
  if (plain(article.title) === query) return 2;
  return plain(passage.heading?.at(-1) ?? '') === query ? 1 : 0;
}

/**
 * Without case, accents and signs.
 * @param {string} text
 */
function plain(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}
