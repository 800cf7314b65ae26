// What a bundle costs: its bytes, its ranking, its loading and its memory, each against what it must reach.
// `./build.sh bench bundle [COLLECTIONS]`, where COLLECTIONS is a folder of retrieval test sets: in each folder
// corpus.jsonl, queries.jsonl, qrels.tsv, emb_corpus.npy and emb_queries.npy.
//
// From the environment: EXEMPLAR_BIN, the `exemplar` binary; BUNDLE, a bundle with float32 vectors inside its JSON;
// BENCH_DATA, a folder for what is made here; SECOND_BUILD and PAGE_ALONE, what builds that are not run would ask for, the
// second of a site one of whose pages has changed, and that of the page alone.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import init, { Loader } from '../../www/client/pkg-whole/exemplar_search.js';
import { launch } from './chromium.mjs';
import { serveFiles } from './static-server.mjs';

const WWW = join(dirname(fileURLToPath(import.meta.url)), '../../www');
const { EXEMPLAR_BIN, BUNDLE, BENCH_DATA, SECOND_BUILD, PAGE_ALONE } = process.env;
const [COLLECTIONS] = process.argv.slice(2);

/** The encoding of int8 that sites ship; SHIPPED names another to compare. */
const SHIPPED = process.env.SHIPPED ?? 'int8-centred';
const METHODS = ['knn', 'svm', 'whitened', 'hybrid', 'knn+lexical', 'whitened+lexical'];
const K = 10;
const ROWS = 10_000;
const DIMS = 384;
/** The fastest of so many: what else the machine does only adds. The first runs in the code that a browser compiles at once. */
const LOADS = 15;
/** Medians of so many. */
const PAGES = 5;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
const gzipped = (text) => gzipSync(text).length;
const exemplar = (...args) => execFileSync(EXEMPLAR_BIN, args, { stdio: ['ignore', 'ignore', 'inherit'] });
const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'));
const readLines = async (file) => (await readFile(file, 'utf8')).split('\n').filter(Boolean);

let missed = 0;
function row(what, found, goal, reached) {
  if (!reached) missed++;
  console.log(`${what.padEnd(58)} ${found.padEnd(30)} ${goal.padEnd(14)} ${reached ? 'reached' : 'MISSED'}`);
}

/** The float32 rows of a bundle with its vectors inside the JSON, as a page without this project would ship them. */
function nested(bundle) {
  const { dimensions } = bundle.space;
  const bytes = Uint8Array.from(Buffer.from(bundle.parts.vectors.data, 'base64'));
  const values = new Float32Array(bytes.buffer);
  return Array.from({ length: values.length / dimensions }, (_, row) =>
    Array.from(values.subarray(row * dimensions, (row + 1) * dimensions)));
}

async function sizes() {
  const int8 = join(BENCH_DATA, 'int8.json');
  const float32 = join(BENCH_DATA, 'float32.json');
  exemplar('convert', BUNDLE, '--encoding', SHIPPED, '--layout', 'inline', '-o', int8);
  exemplar('convert', BUNDLE, '--encoding', 'float32', '--layout', 'inline', '-o', float32);
  const { articles, passages, parts, space } = await readJson(float32);
  assert.equal(parts.vectors.encoding, 'float32');
  const vectors = nested({ parts, space });
  const texts = parts.texts && JSON.parse(parts.texts.text);
  const theirs = { vectors: gzipped(JSON.stringify(vectors)), all: gzipped(JSON.stringify({ articles, passages, texts, vectors })) };
  const shipped = await readFile(int8);
  const ours = { vectors: gzipped(JSON.parse(shipped).parts.vectors.data), all: gzipped(shipped) };
  const compared = (kind) => `${kilobytes(ours[kind])} for ${kilobytes(theirs[kind])}: ${(theirs[kind] / ours[kind]).toFixed(1)}x`;
  console.log(`${vectors.length} passages x ${space.dimensions}; "for": JSON.stringify of what this is of, gzip`);
  row('vectors as int8, gzip', compared('vectors'), '8x smaller', theirs.vectors >= 8 * ours.vectors);
  row('the whole bundle, text included, gzip', compared('all'), '4x smaller', theirs.all >= 4 * ours.all);
}

function secondBuild() {
  const [second, alone] = [SECOND_BUILD, PAGE_ALONE].map((plan) => {
    const [, texts, requests] = /in all: .* (\d+) of them to embed in (\d+) requests/.exec(plan).map(Number);
    return { texts, requests };
  });
  assert.ok(second.texts > 0, 'the page has changed');
  row('second build with one page changed', `${second.texts} texts in ${second.requests} requests`,
    `${alone.requests} requests`, second.texts <= alone.texts && second.requests <= alone.requests);
}

/** A .npy file of float32 in C order, as rows. */
async function npy(file) {
  const bytes = await readFile(file);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString();
  const [, rows, dims] = /'shape': \((\d+), (\d+)\)/.exec(header).map(Number);
  assert.match(header, /'<f4'.*'fortran_order': False/);
  const values = new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
  return Array.from({ length: rows }, (_, row) => values.subarray(row * dims, (row + 1) * dims));
}

function writeNpy(values, rows, dims) {
  let header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dims}), }`;
  header = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00..${header}`, 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(values.buffer)]);
}

/** An index of a bundle in one file, in the same WebAssembly as the page's. */
async function indexOf(file) {
  return new Loader(await readFile(file)).finish(true);
}

/** Ids of the first hits by method, for each query. */
function search(index, queries, embeddings, apart) {
  return Object.fromEntries(METHODS.map((method) => [method, queries.map(({ id, text }, i) => {
    const { hits } = index.search(text, false, embeddings[i], { method, k: K + 1 });
    return hits.map(({ article }) => article.id).filter((other) => !apart || other !== id).slice(0, K);
  })]));
}

function ndcg(ids, grades) {
  const gain = (grade, rank) => grade / Math.log2(rank + 2);
  const ideal = [...grades.values()].sort((a, b) => b - a).slice(0, K).map(gain);
  const found = ids.map((id, rank) => gain(grades.get(id) ?? 0, rank));
  return found.reduce((sum, x) => sum + x, 0) / ideal.reduce((sum, x) => sum + x, 0);
}

/** A test set by the vectors of one model, whose name ends the names of their files; `''` for the first one. */
async function collection(name, model) {
  const folder = join(COLLECTIONS, name);
  const corpus = (await readLines(join(folder, 'corpus.jsonl'))).map((line) => JSON.parse(line));
  const queries = (await readLines(join(folder, 'queries.jsonl'))).map((line) => JSON.parse(line));
  const embeddings = await npy(join(folder, `emb_queries${model}.npy`));
  const items = join(BENCH_DATA, 'items.jsonl');
  await writeFile(items, corpus.map(({ id, title, text }) => JSON.stringify({ id: String(id), title: title || String(id), url: '', text })).join('\n'));
  const [float32, int8] = ['float32', SHIPPED].map((encoding) => join(BENCH_DATA, `${encoding}.json`));
  exemplar('build', '--items', items, '--embeddings', join(folder, `emb_corpus${model}.npy`), '--model', 'm', '--encoding', 'float32', '-o', float32);
  exemplar('convert', float32, '--encoding', SHIPPED, '-o', int8);

  const grades = new Map();
  for (const line of await readLines(join(folder, 'qrels.tsv'))) {
    const [query, document, grade] = line.split('\t');
    if (Number(grade) > 0) grades.set(query, (grades.get(query) ?? new Map()).set(document, Number(grade)));
  }
  // Enough for a mean that does not move, and not all day.
  const judged = queries.map((query, i) => ({ ...query, id: String(query.id), embedding: embeddings[i] })).filter(({ id }) => grades.has(id));
  const step = Math.ceil(judged.length / 500);
  const asked = judged.filter((_, i) => i % step === 0);
  const [before, after] = await Promise.all([float32, int8].map(async (file) =>
    search(await indexOf(file), asked, asked.map(({ embedding }) => embedding), name.startsWith('site-'))));
  const quality = (lists) => mean(lists.map((ids, i) => ndcg(ids, grades.get(asked[i].id))));
  const agreement = mean(before.knn.map((ids, i) => ids.filter((id) => after.knn[i].includes(id)).length / ids.length));
  const change = Object.fromEntries(METHODS.map((method) => [method, quality(after[method]) - quality(before[method])]));
  const changes = METHODS.map((method) => `${method} ${change[method] >= 0 ? '+' : ''}${change[method].toFixed(4)}`).join(', ');
  console.log(`  ${(name + model).padEnd(26)} agreement ${(100 * agreement).toFixed(2)}%; nDCG@10 by ${changes}`);
  return { agreement, queries: asked.length, change };
}

async function ranking() {
  if (!COLLECTIONS) {
    console.log('ranking: not measured; give a folder of collections');
    return;
  }
  await init({ module_or_path: await readFile(join(WWW, 'client/pkg-whole/exemplar_search_bg.wasm')) });
  const all = [];
  for (const name of (await readdir(COLLECTIONS)).sort()) {
    for (const model of ['', '_minilm']) {
      if (existsSync(join(COLLECTIONS, name, `emb_queries${model}.npy`))) all.push(await collection(name, model));
    }
  }
  const queries = all.reduce((sum, { queries }) => sum + queries, 0);
  const agreement = all.reduce((sum, one) => sum + one.agreement * one.queries, 0) / queries;
  row(`the first 10 by kNN, int8 as float32, ${queries} queries`, `${(100 * agreement).toFixed(2)}%`, '99%', agreement >= 0.99);
  for (const method of METHODS) {
    const most = all.map(({ change }) => Math.abs(change[method])).reduce((a, b) => Math.max(a, b));
    row(`nDCG@10 of ${method}, int8 against float32, largest change`, most.toFixed(4), 'under 0.002', most < 0.002);
  }
}

/** Random directions, as float32 in nested arrays and as int8 beside a bundle. */
async function largeBundle(site) {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const values = Float32Array.from({ length: ROWS * DIMS }, () => random() + random() + random() - 1.5);
  for (let row = 0; row < ROWS; row++) {
    const one = values.subarray(row * DIMS, (row + 1) * DIMS);
    const length = Math.hypot(...one);
    one.forEach((value, i) => (one[i] = value / length));
  }
  const items = Array.from({ length: ROWS }, (_, i) => JSON.stringify({ id: `${i}`, title: `Article ${i}`, url: `${i}.html` }));
  await writeFile(join(BENCH_DATA, 'items.jsonl'), items.join('\n'));
  await writeFile(join(BENCH_DATA, 'rows.npy'), writeNpy(values, ROWS, DIMS));
  exemplar('build', '--items', join(BENCH_DATA, 'items.jsonl'), '--embeddings', join(BENCH_DATA, 'rows.npy'), '--model', 'm',
    '--keywords', 'off', '--layout', 'sidecar', '-o', join(site, 'large.json'));
  // As sites have them: ten passages an article.
  const large = await readJson(join(site, 'large.json'));
  large.articles.length = ROWS / 10;
  large.passages = items.map((_, row) => ({ article: Math.floor(row / 10) }));
  await writeFile(join(site, 'large.json'), JSON.stringify(large));
  const rows = Array.from({ length: ROWS }, (_, row) => Array.from(values.subarray(row * DIMS, (row + 1) * DIMS)));
  await writeFile(join(site, 'nested.json'), JSON.stringify(rows));
  const small = { format: 'exemplar-search', version: 1, space: { model: 'm', dimensions: 1 }, articles: [{ id: 'a', title: 'A', url: '' }], vectors: [[1]] };
  await writeFile(join(site, 'small.json'), JSON.stringify(small));
}

/** In the page: the time to a searchable index, and of JSON.parse, from what is in memory, in turn. */
async function timeLoading(loads) {
  const { default: init, Loader } = await import('/www/client/pkg-whole/exemplar_search.js');
  await init();
  const text = await (await fetch('/nested.json')).text();
  const json = new Uint8Array(await (await fetch('/large.json')).arrayBuffer());
  const [name] = new Loader(json).files();
  const bytes = new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
  const times = { parse: [], load: [] };
  for (let i = 0; i < loads; i++) {
    let start = performance.now();
    if (JSON.parse(text).length === 0) throw new Error('nothing was parsed');
    times.parse.push(performance.now() - start);
    start = performance.now();
    const loader = new Loader(json);
    for (let at = 0; at < bytes.length; at += 65536) loader.add(name, bytes.subarray(at, at + 65536));
    const index = loader.finish(true);
    times.load.push(performance.now() - start);
    index.free();
  }
  return times;
}

/**
 * How much memory loading the large bundle took at most: the core's own, which never shrinks, in which the vectors, all that
 * is known of articles and passages, and what arrives are at the same time; and the whole process's, in which the browser's
 * network and JavaScript engine do as they like. On the JavaScript side, this project keeps the JSON and the chunk of a file
 * that has just come.
 */
async function peakMemory(browser, address) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    // The engine's own memory and code are there for any bundle.
    await page.evaluate(async () => {
      const { SearchIndex } = await import('/www/client/exemplar-search.js');
      globalThis.small = await SearchIndex.load('/small.json');
      globalThis.engine = await (await import('/www/client/engine.js')).Engine.load(new URL('/small.json', location.href).href);
    });
    const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    const memory = async (field) => {
      const all = await Promise.all(renderers.map((pid) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')));
      return all.reduce((sum, status) => sum + Number(new RegExp(`${field}:\\s*(\\d+)`).exec(status)?.[1] ?? 0), 0) * 1024;
    };
    await page.requestGC();
    await Promise.all(renderers.map((pid) => writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => {})));
    const before = await memory('VmRSS');
    const core = await page.evaluate(async () => {
      const { Engine } = await import('/www/client/engine.js');
      const { memory } = await (await import('/www/client/pkg-whole/exemplar_search.js')).default();
      const before = memory.buffer.byteLength;
      globalThis.large = await Engine.load(new URL('/large.json', location.href).href);
      return memory.buffer.byteLength - before;
    });
    return { core, process: (await memory('VmHWM')) - before };
  } finally {
    await page.close();
  }
}

async function loading() {
  const site = join(BENCH_DATA, 'site');
  await rm(site, { recursive: true, force: true });
  await mkdir(site, { recursive: true });
  await largeBundle(site);
  const server = await serveFiles({ '/www/': WWW, '/': site });
  const browser = await launch();
  try {
    const { address } = server;
    const page = await browser.newPage();
    await page.goto(address);
    const { parse, load } = await page.evaluate(timeLoading, LOADS);
    await page.close();
    const fastest = { parse: Math.min(...parse), load: Math.min(...load) };
    const ratio = fastest.parse / fastest.load;
    row(`${ROWS} x ${DIMS} int8 to a searchable index, against JSON.parse`,
      `${fastest.load.toFixed(0)} ms for ${fastest.parse.toFixed(0)} ms: ${ratio.toFixed(1)}x`, '10x faster', ratio >= 10);
    console.log(`  medians: ${median(load).toFixed(0)} ms for ${median(parse).toFixed(0)} ms; the first of a page: ${load[0].toFixed(0)} ms for ${parse[0].toFixed(0)} ms`);
    const peaks = [];
    for (let i = 0; i < PAGES; i++) peaks.push(await peakMemory(browser, address));
    const vectors = ROWS * (DIMS + 4);
    const core = median(peaks.map(({ core }) => core));
    row('peak memory of the core for it, over the bytes of the vectors',
      `${kilobytes(core)} for ${kilobytes(vectors)}: ${(core / vectors).toFixed(2)}x`, 'at most 1.5x', core <= 1.5 * vectors);
    console.log(`  the browser's process, its network buffers and garbage included: ${kilobytes(median(peaks.map((peak) => peak.process)))}`);
  } finally {
    await browser.close();
    server.close();
  }
}

await mkdir(BENCH_DATA, { recursive: true });
await sizes();
secondBuild();
await loading();
await ranking();
if (missed) console.log(`${missed} missed`);
