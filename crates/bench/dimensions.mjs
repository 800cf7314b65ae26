// How long a page waits for its first search by `auto`, with many dimensions and with many passages, in Chromium.
// `./build.sh bench dimensions [--case 4096]`; the option runs those cases alone whose names have that text.
//
// Each round loads the bundle anew in a page of its own: the first search by words and kNN, the first by `auto`, then more. The
// page's thread ticks meanwhile, and its longest pause is told. The scores are compared with a float64 oracle's.
//
// From the environment: EXEMPLAR_BIN, the `exemplar` binary; BENCH_DATA, a folder for what is made here; PYTHON, with numpy.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { launch } from './chromium.mjs';
import { serveFiles } from './static-server.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const { EXEMPLAR_BIN, BENCH_DATA, PYTHON } = process.env;
const { values: options } = parseArgs({ options: { case: { type: 'string', default: '' } } });

const CASES = [
  { rows: 200, dims: 1536, goal: 50 },
  { rows: 200, dims: 3072, goal: 100 },
  { rows: 200, dims: 4096, goal: 150 },
  { rows: 3, dims: 65_536, goal: 150 },
  { rows: 100_000, dims: 384, goal: 100 },
  { rows: 10_000, dims: 1536, goal: 1000 },
].map((one) => ({ ...one, name: `${one.rows} x ${one.dims}` }));
const ROUNDS = 5;
const LATER = 15;
const TOLERANCE = 1e-5;

const run = (file, ...args) => promisify(execFile)(file, args.map(String), { maxBuffer: 1 << 30 });

/** The bundle's name below BENCH_DATA, the query and the oracle's scores. */
async function prepare({ rows, dims }) {
  const folder = join(BENCH_DATA, `${rows}x${dims}`);
  const at = (name) => join(folder, name);
  await mkdir(folder, { recursive: true });
  const python = (...args) => run(PYTHON, join(HERE, 'dimensions.py'), ...args);
  if (!existsSync(at('query.json'))) await python('make', rows, dims, folder);
  const { stdout } = await run(EXEMPLAR_BIN, 'build', '--items', at('items.jsonl'), '--embeddings', at('vectors.npy'), '--model', 'synthetic', '-o', at('bundle.json'));
  const oracle = JSON.parse((await python('oracle', at('bundle.json'), at('query.json'))).stdout);
  return { built: stdout.trim(), oracle, query: JSON.parse(await readFile(at('query.json'), 'utf8')) };
}

/** In the page. */
async function measure({ bundle, query, later }) {
  const { SearchIndex } = await import('/www/client/exemplar-search.js');
  const index = await SearchIndex.load(bundle);
  const embedding = Float32Array.from(query);
  let last = performance.now();
  let pause = 0;
  const ticking = setInterval(() => {
    const now = performance.now();
    pause = Math.max(pause, now - last);
    last = now;
  }, 1);
  const search = async (method) => {
    const start = performance.now();
    const result = await index.search({ text: 'tide harbour', embedding }, { method, k: 10 });
    return { time: performance.now() - start, result };
  };
  const { time: words } = await search('knn+lexical');
  const { time: first, result } = await search('auto');
  const rest = [];
  for (let i = 0; i < later; i++) rest.push((await search('auto')).time);
  clearInterval(ticking);
  const { thread } = index;
  index.free();
  return { words, first, rest, pause, thread, method: result.method, hits: result.hits.map(({ passageIndex, scores }) => [passageIndex, scores.whitened]) };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`.padStart(9);

const server = await serveFiles({ '/www/': join(HERE, '../../www'), '/data/': BENCH_DATA });
const browser = await launch();
let missed = false;
try {
  console.log(`${cpus()[0].model}, Chromium ${browser.version()}; medians of ${ROUNDS} loads, each in a page of its own`);
  console.log('passages x dimensions'.padEnd(24), 'knn+lexical'.padStart(11), 'first auto', 'later auto', '    pause', '  furthest from the oracle');
  for (const one of CASES.filter(({ name }) => name.includes(options.case))) {
    const { oracle, query } = await prepare(one);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const page = await browser.newPage();
      await page.goto(server.address);
      rounds.push(await page.evaluate(measure, { bundle: `/data/${one.rows}x${one.dims}/bundle.json`, query, later: LATER }));
      await page.close();
    }
    const off = Math.max(...rounds.flatMap(({ hits }) => hits.map(([passage, score]) => Math.abs(score - oracle[passage]))));
    if (!(off <= TOLERANCE) || rounds.some(({ method, thread }) => method !== 'whitened+lexical' || thread !== 'worker')) {
      throw new Error(`${one.name}: ${rounds[0].method} in the ${rounds[0].thread}, ${off} from the oracle, more than ${TOLERANCE}`);
    }
    const first = median(rounds.map((round) => round.first));
    missed ||= first > one.goal;
    console.log(one.name.padEnd(24), ms(median(rounds.map((round) => round.words))).padStart(11), ms(first).padStart(10),
      ms(median(rounds.flatMap((round) => round.rest))).padStart(10), ms(Math.max(...rounds.map((round) => round.pause))),
      `  ${off.toExponential(1)}; goal ${one.goal} ms: ${first <= one.goal ? 'reached' : 'MISSED'}`);
  }
} finally {
  await browser.close();
  server.close();
}
process.exitCode = missed ? 1 : 0;
