// The browser's half of the benchmark: the harness of src/main.rs, and a plain JavaScript loop to compare with.

import init, { Bench, Loader, engines } from './pkg/exemplar_search_bench.js';

const PLAIN = 'plain JavaScript';
/** A search from the page's options to the page's objects, as the client's worker calls it. */
const WHOLE_CALL = 'whole call int8';
const K = 10;
const ROUNDS_AT_LEAST = 5;
/** What is slow, and done once a bundle, is measured in the first rounds alone, and needs no warm caches. */
const ONCE_A_BUNDLE = 'preparation';
const PREPARATIONS = 3;

/** Cosine similarities the way a careful page would write them: four sums, no allocation but the result. */
function plain(values, query, dims) {
  const rows = values.length / dims;
  const scores = new Float32Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let a = 0, b = 0, c = 0, d = 0;
    for (let i = 0; i < dims; i += 4, at += 4) {
      a += values[at] * query[i];
      b += values[at + 1] * query[i + 1];
      c += values[at + 2] * query[i + 2];
      d += values[at + 3] * query[i + 3];
    }
    scores[row] = a + b + c + d;
  }
  return scores;
}

/** Calls the engines in turn, round after round, each round with the next query, for so many seconds. */
async function measure({ rows, dims, file, seconds }) {
  await init();
  const all = new Float32Array(await (await fetch(file)).arrayBuffer());
  const values = all.subarray(0, rows * dims);
  const queries = all.subarray(rows * dims);
  const count = queries.length / dims;
  const bench = new Bench(values, queries, dims);
  const index = new Loader(new TextEncoder().encode(bench.bundle())).finish(true);
  const search = (round, k = K) => index.search(undefined, false, query(round), { method: 'knn', k });
  const query = (round) => queries.subarray((round % count) * dims, (round % count + 1) * dims);
  const run = {
    [PLAIN]: (round) => plain(values, query(round), dims) && 1,
    [WHOLE_CALL]: (round) => search(round) && 1,
    ...Object.fromEntries(engines().map((engine) => [engine, (round) => bench.run(engine, round)])),
  };
  const measured = Object.keys(run).map((engine) => ({ engine, rounds: [], passes: 0 }));
  const start = performance.now();
  let round = 0;
  while (round < ROUNDS_AT_LEAST || performance.now() - start < seconds * 1000) {
    for (const one of measured) {
      const once = one.engine === ONCE_A_BUNDLE;
      if (once && round >= PREPARATIONS) continue;
      if (!once) run[one.engine](round); // the engine before left its own data in the caches
      const start = performance.now();
      one.passes += run[one.engine](round);
      one.rounds.push(performance.now() - start);
    }
    round++;
  }
  for (const one of measured) one.passes /= one.rounds.length;
  const scores = Object.fromEntries(engines().map((engine) => [engine, Array.from(bench.scores(engine, 0))]));
  scores[PLAIN] = Array.from(plain(values, query(0), dims));
  const preparedBytes = bench.preparedBytes();
  const int8Oracle = Array.from(bench.int8Oracle(0));
  const hits = search(0).hits.map(({ passageIndex }) => passageIndex);
  bench.free();
  return { hits, measured, scores, preparedBytes, int8Oracle };
}

globalThis.measure = measure;
