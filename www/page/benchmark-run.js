import { Engine } from '../client/engine.js';
import { passesOf } from './passes.js';

/**
 * @typedef {object} Order
 * @property {string} url the bundle's, absolute
 * @property {{ text?: string, embedding?: ArrayLike<number> }[]} queries those without an embedding are placed by the
 *   bundle's query encoder, or left out
 * @property {import('../client/types.js').SearchOptions} [options] but for the method
 *
 * @typedef {object} Measured
 * @property {string} method of the engine, or `plain`
 * @property {number} low a quarter of the samples take less
 * @property {number} median milliseconds a query
 * @property {number} high a quarter take more
 * @property {number} [passes] on the average: looks at all vectors
 *
 * @typedef {object} State
 * @property {number} round
 * @property {number} queries how many are asked in turn
 * @property {number} searches how many were timed
 * @property {import('../client/types.js').IndexInfo} info
 * @property {Measured[]} measured
 */

export const ROUNDS = 25;
/** Clocks in browsers tick once in a millisecond or a tenth: a sample is a run of queries at least as long, in milliseconds. */
const SAMPLE = 12;
const MOST_A_SAMPLE = 400;
export const PLAIN = 'plain';
/** What the client does where no method is asked for, with all hits. */
export const WHOLE = 'auto';

/**
 * Measures rankings from the query's vector or words on, and one whole search with its hits: each way in turn, round after
 * round, so that what else the machine does falls on all of them alike.
 *
 * @param {Order} order
 * @returns {AsyncGenerator<State>} after each round
 */
export async function* measure({ url, queries, options }) {
  const engine = await Engine.load(url);
  try {
    const { info } = engine;
    const placed = queries.flatMap(({ text, embedding }) => {
      const vector = embedding ?? (text && info.encoder ? engine.call('encode', [text]).vector : undefined);
      return vector ? [{ text, embedding: unit(vector) }] : [];
    });
    if (!placed.length) throw new Error('no query is placed among the passages');
    const values = engine.call('vectors', []);
    const k = options?.k ?? 10;
    const words = info.keywords && placed.every(({ text }) => text);
    /** Resolves to how often all vectors were looked at. @type {Record<string, (query: typeof placed[0]) => number | undefined>} */
    const ways = { [PLAIN]: ({ embedding }) => plain(values, embedding, k) && 1 };
    // Of each ranking one hit alone, as a plain loop makes none: their texts and marks cost the same whatever the ranking.
    for (const method of /** @type {const} */ (['knn', 'whitened', 'svm', 'hybrid'])) {
      ways[method] = ({ embedding }) => passes(engine.call('search', [embedding, { ...options, method, k: 1 }]), info);
    }
    if (words) ways.lexical = ({ text }) => void engine.call('search', [{ text }, { method: 'lexical', k: 1 }]);
    ways[WHOLE] = (query) => void engine.call('search', [query, { ...options, k }]);
    const runs = Object.entries(ways).map(([method, run]) => ({ method, run, size: 1, at: 0, searches: 0, passes: 0, samples: /** @type {number[]} */ ([]) }));
    for (const one of runs) {
      // What is worked out once for a bundle is no part of a query; nor is a compiler's warming up.
      for (const query of placed) one.run(query);
      const start = performance.now();
      let searches = 0;
      while (performance.now() - start < SAMPLE && searches < MOST_A_SAMPLE) one.run(/** @type {any} */ (placed[searches++ % placed.length]));
      one.size = searches;
      await pause();
    }
    for (let round = 1; round <= ROUNDS; round++) {
      for (const one of runs) {
        const start = performance.now();
        for (let i = 0; i < one.size; i++) one.passes += one.run(/** @type {any} */ (placed[one.at++ % placed.length])) ?? NaN;
        one.samples.push((performance.now() - start) / one.size);
        one.searches += one.size;
        await pause();
      }
      yield { round, queries: placed.length, searches: runs.reduce((sum, { searches }) => sum + searches, 0), info, measured: runs.map(summary) };
    }
  } finally {
    engine.free();
  }
}

/** @param {{ method: string, samples: number[], passes: number, searches: number }} run */
function summary({ method, samples, passes, searches }) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, median, high] = [at(0.25), at(0.5), at(0.75)];
  return { method, low, median, high, passes: Number.isNaN(passes) ? undefined : passes / searches };
}

/**
 * @param {import('../client/types.js').SearchResult} result
 * @param {import('../client/types.js').IndexInfo} info
 */
function passes(result, { dimensions, passages }) {
  switch (result.method) {
    case 'knn':
      return 1;
    case 'whitened':
      // A row of the inverse covariance costs as much as a passage.
      return 1 + dimensions / passages;
    default:
      return passesOf(result);
  }
}

/**
 * kNN the way a careful page would write it: four sums, then the best k, kept in order.
 *
 * @param {Float32Array} values row after row, of unit length
 * @param {Float32Array} query of unit length
 * @param {number} k
 */
function plain(values, query, k) {
  const dims = query.length;
  const whole = dims - (dims % 4);
  /** @type {{ row: number, score: number }[]} */
  const best = [];
  for (let row = 0, at = 0; at < values.length; row++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < whole; i += 4, at += 4) {
      a += /** @type {number} */ (values[at]) * /** @type {number} */ (query[i]);
      b += /** @type {number} */ (values[at + 1]) * /** @type {number} */ (query[i + 1]);
      c += /** @type {number} */ (values[at + 2]) * /** @type {number} */ (query[i + 2]);
      d += /** @type {number} */ (values[at + 3]) * /** @type {number} */ (query[i + 3]);
    }
    for (let i = whole; i < dims; i++, at++) a += /** @type {number} */ (values[at]) * /** @type {number} */ (query[i]);
    const score = a + b + c + d;
    if (best.length === k && score <= (best.at(-1)?.score ?? 0)) continue;
    const place = best.findIndex((other) => other.score < score);
    best.splice(place < 0 ? best.length : place, 0, { row, score });
    if (best.length > k) best.pop();
  }
  return best;
}

/** @param {ArrayLike<number>} vector */
function unit(vector) {
  const values = Float32Array.from(vector);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Lets messages and, on the page's own thread, the page have their turn. */
function pause() {
  return new Promise((resolve) => setTimeout(resolve));
}
