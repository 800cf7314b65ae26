// How candidates from engines grow with a collection: `./build.sh bench engines BUNDLE [ROWS...]`. The vectors of BUNDLE, real ones, are
// repeated with noise until there are as many ROWS (10,000 and 100,000): so it is the engine that is measured, not the ranking's quality.
// Both engines run on this machine, each alone. A row's text is at most 400 characters. A page in Chromium says what it takes itself.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { request } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { LAUNCH } from '../browser/launch.mjs';
import { base64, dot, folder, random, serve, startClickHouse, startPostgres, succeed } from './support.mjs';

const [BUNDLE, ...sizes] = process.argv.slice(2);
assert.ok(BUNDLE, 'name a bundle, whose vectors are repeated: ./build.sh bench engines BUNDLE [ROWS...]');
const SIZES = sizes.length ? sizes.map(Number) : [10_000, 100_000];
/** The length of the noise that is added to a vector of length 1: of a row, and of a query. */
const NOISE = { row: 0.4, query: 0.6 };
const QUERIES = 36;
const ROUNDS = 3;
/** Where requests are slow, fewer queries are asked: those of so many milliseconds, but some. */
const PATIENCE = 60_000;
const LEAST_QUERIES = 6;

const base = succeed(['export', BUNDLE, '--to', 'jsonl']).trim().split('\n').map((line) => JSON.parse(line))
  .map(({ vector, passage, article }) => ({ vector, text: passage.text.slice(0, 400), title: article.title.slice(0, 100) }));
const dimensions = base[0].vector.length;

const next = random(19);
/** Nearly normal, of variance 1. */
const normal = () => next() + next() + next();

function noisy(vector, noise) {
  const sum = Float32Array.from(vector, (x) => x + normal() * noise / Math.sqrt(dimensions));
  const length = Math.hypot(...sum);
  return sum.map((x) => x / length);
}

const queries = Array.from({ length: QUERIES }, (_, i) => noisy(base[(i * 7919) % base.length].vector, NOISE.query));

/** Text that is written piece by piece, with its hash. */
class Piece {
  constructor(file) {
    Object.assign(this, { file, hash: createHash('sha256'), length: 0, held: [], size: 0 });
  }

  add(bytes) {
    this.held.push(Buffer.from(bytes));
    this.size += bytes.length;
    if (this.size > 1 << 20) this.flush();
  }

  flush() {
    const bytes = Buffer.concat(this.held);
    writeSync(this.file, bytes);
    this.hash.update(bytes);
    this.length += bytes.length;
    Object.assign(this, { held: [], size: 0 });
  }

  part(encoding, file, offset) {
    this.flush();
    return { encoding, length: this.length, sha256: this.hash.digest('hex'), file, offset };
  }
}

/** Writes a bundle of so many rows; the ids of each query's ten nearest, exactly. */
function write(path, rows) {
  const name = 'rows.bin';
  const beside = openSync(join(path, '..', name), 'w');
  const vectors = new Piece(beside);
  const scales = new Float32Array(rows);
  const best = queries.map(() => []);
  for (let row = 0; row < rows; row++) {
    const vector = noisy(base[row % base.length].vector, NOISE.row);
    const scale = Math.max(...vector.map(Math.abs)) / 127;
    const codes = Int8Array.from(vector, (x) => Math.round(x / scale));
    scales[row] = scale;
    vectors.add(new Uint8Array(codes.buffer));
    const length = Math.hypot(...codes);
    for (const [i, query] of queries.entries()) {
      const score = dot(codes, query) / length;
      const ten = best[i];
      if (ten.length < 10 || score > ten[9][0]) {
        ten.push([score, `r${row}#0`]);
        ten.sort(([a], [b]) => b - a);
        ten.length = Math.min(10, ten.length);
      }
    }
  }
  vectors.add(new Uint8Array(scales.buffer));
  const vectorsPart = vectors.part('int8', name, 0);
  const texts = new Piece(beside);
  for (let row = 0; row < rows; row++) texts.add(Buffer.from(`${row ? ',' : '['}${JSON.stringify(base[row % base.length].text)}`));
  texts.add(Buffer.from(']'));
  const textsPart = texts.part('json', name, vectorsPart.length);
  closeSync(beside);
  const json = new Piece(openSync(path, 'w'));
  json.add(Buffer.from(`{"format":"exemplar-search","version":2,"space":${JSON.stringify({ model: 'made-up', dimensions })},"articles":[`));
  for (let row = 0; row < rows; row++) {
    const article = { id: `r${row}`, title: base[row % base.length].title, url: `r/${row}`, lang: 'en', tags: [`tag-${row % 100}`] };
    json.add(Buffer.from(`${row ? ',' : ''}${JSON.stringify(article)}`));
  }
  json.add(Buffer.from(`],"parts":${JSON.stringify({ vectors: vectorsPart, texts: textsPart })}}`));
  json.flush();
  closeSync(json.file);
  return best.map((ten) => ten.map(([, id]) => id));
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** One request: its milliseconds, and its bytes packed. */
async function post(address, body) {
  const begin = performance.now();
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip', 'content-length': Buffer.byteLength(body) };
  const sent = request(address, { method: 'POST', headers }).end(body);
  const [response] = await once(sent, 'response');
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  assert.equal(response.statusCode, 200);
  return { milliseconds: performance.now() - begin, bytes };
}

async function measured(server, exact, k, filter) {
  const times = [], sizes = [];
  const begin = performance.now();
  let found = 0, asked = 0;
  for (const [i, query] of queries.entries()) {
    if (i >= LEAST_QUERIES && performance.now() - begin > PATIENCE) break;
    asked++;
    const body = { vector: base64(query), k, ...(filter && { filter }) };
    for (let round = 0; round < ROUNDS; round++) {
      const { milliseconds, bytes } = await post(server.address, JSON.stringify(body));
      if (round > 0) times.push(milliseconds);
      sizes.push(bytes);
    }
    if (!filter) {
      const { body: { rows } } = await server.ask({ vector: query, k });
      const ids = rows.map(({ id, score }) => [score, id]).sort(([a], [b]) => b - a).slice(0, 10).map(([, id]) => id);
      found += exact[i].filter((id) => ids.includes(id)).length;
    }
  }
  return { milliseconds: median(times), kilobytes: median(sizes) / 1000, agreement: found / 10 / asked };
}

/** In the page: the milliseconds of the core for each query, a hundred hits of 1,000 candidates a request. */
async function inPage([queries, method]) {
  const { SearchIndex } = await import('/client/exemplar-search.js');
  globalThis.index ??= await SearchIndex.load('/remote/search.json', { candidates: '/v1/candidates' });
  const times = [];
  for (const query of queries) {
    const { milliseconds, lookedAt } = await globalThis.index.search({ embedding: Float32Array.from(query) }, { method, k: 100 });
    if (lookedAt < 1000) throw new Error(`${lookedAt} candidates`);
    times.push(milliseconds);
  }
  return times;
}

/** What a page takes beside the engine, by method; its first two queries prepare what is there once a page, and do not count. */
async function ofPage(server, methods) {
  const browser = await chromium.launch(LAUNCH);
  try {
    const page = await browser.newPage();
    await page.goto(new URL('/', server.address).href);
    const numbers = queries.slice(0, 2 * LEAST_QUERIES).map((query) => [...query]);
    const medians = [];
    for (const method of methods) {
      const [, , ...times] = await page.evaluate(inPage, [numbers, method]);
      medians.push(median(times));
    }
    return medians;
  } finally {
    await browser.close();
  }
}

console.log(`${base.length} real vectors x ${dimensions}, with noise of length ${NOISE.row}; ${QUERIES} queries, with noise of length ${NOISE.query}\n`);
console.log('| engine | rows | export, s | request, k = 10 | k = 200 | k = 1,000 | one of 100 tags, k = 200 | packed, k = 200 | k = 1,000 | exact ten, k = 10 | k = 200 | page, 1,000 candidates, knn+whitened | hybrid |');
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const rows of SIZES) {
  const made = folder('scale');
  const path = join(made, 'bundle.json');
  const exact = write(path, rows);
  cpSync(join(process.env.EXEMPLAR_DIST, 'exemplar/client'), join(made, 'client'), { recursive: true });
  writeFileSync(join(made, 'index.html'), '<!doctype html><title>A page</title>');
  for (const start of [startClickHouse, startPostgres]) {
    const engine = await start();
    const begin = performance.now();
    succeed(['export', path, ...engine.export, '--out', join(made, 'remote')]);
    const seconds = (performance.now() - begin) / 1000;
    const server = await serve(engine.serve, ['--candidates-timeout', '120'], {}, made);
    const few = await measured(server, exact, 10);
    const usual = await measured(server, exact, 200);
    const many = await measured(server, exact, 1000);
    const filtered = await measured(server, exact, 200, { tags: ['tag-7'] });
    const [whitened, hybrid] = await ofPage(server, ['knn+whitened', 'hybrid']);
    const ms = ({ milliseconds }) => `${milliseconds.toFixed(0)} ms`;
    const kB = ({ kilobytes }) => `${kilobytes.toFixed(0)} kB`;
    const share = ({ agreement }) => `${(100 * agreement).toFixed(1)}%`;
    console.log(`| ${engine.name} | ${rows.toLocaleString('en')} | ${seconds.toFixed(0)} | ${ms(few)} | ${ms(usual)} | ${ms(many)} | ${ms(filtered)} | ${kB(usual)} | ${kB(many)} | ${share(few)} | ${share(usual)} | ${whitened.toFixed(1)} ms | ${hybrid.toFixed(1)} ms |`);
    await server.stop();
    await engine.stop();
  }
  rmSync(made, { recursive: true });
}
