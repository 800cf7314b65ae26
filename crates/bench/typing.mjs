// What a keystroke costs: search while typing on 10,000 passages of English, in Chromium, as the page's worker does it.
// `./build.sh bench typing [DOCS]`, where DOCS is a folder of HTML; Rust's own documentation if not given.
//
// From the environment: EXEMPLAR_BIN, the `exemplar` binary; BENCH_DATA, a folder for what is made here.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launch } from './chromium.mjs';
import { embeddings } from './made-up.mjs';
import { serveFiles } from './static-server.mjs';

const WWW = join(dirname(fileURLToPath(import.meta.url)), '../../www');
const { EXEMPLAR_BIN, BENCH_DATA } = process.env;
const [DOCS] = process.argv.slice(2);

const PASSAGES = 10_000;
/** Characters of a passage, at least: a paragraph or a few. */
const LENGTH = 250;
const ROUNDS = 15;
const METHODS = ['knn+lexical', 'auto', 'knn', 'lexical'];
const QUERIES = [
  'how to read a file line by line',
  'convert a string to an integer',
  'share state between threads',
  'iterator over mutable references',
  'unsafe pointer arithmetic',
];

const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'", nbsp: ' ' };
const plain = (html) => html.replace(/<[^>]*>/g, '').replace(/&([#\w]+);/g, (whole, name) => ENTITIES[name] ?? whole).replace(/\s+/g, ' ').trim();

/** Different paragraphs of the documentation, put together until they are long enough. */
async function passages() {
  const files = (await readdir(DOCS, { recursive: true })).filter((name) => name.endsWith('.html')).sort();
  const seen = new Set();
  const found = [];
  for (const file of files) {
    const html = await readFile(join(DOCS, file), 'utf8');
    const title = plain(/<title>([^]*?)<\/title>/.exec(html)?.[1] ?? '') || file;
    let text = '';
    for (const [, paragraph] of html.matchAll(/<p>([^]*?)<\/p>/g)) {
      const words = plain(paragraph);
      if (seen.has(words)) continue;
      seen.add(words);
      text += `${words} `;
      if (text.length < LENGTH) continue;
      found.push({ id: `${found.length}`, title, url: file, text });
      if (found.length === PASSAGES) return found;
      text = '';
    }
  }
  throw new Error(`${DOCS} has ${found.length} passages only, not ${PASSAGES}`);
}

/** In the page: the milliseconds of each keystroke, by what is done at it. */
async function typed({ queries, methods, rounds }) {
  const { Engine } = await import('/www/client/engine.js');
  const engine = await Engine.load(new URL('/typing.json', location.href).href);
  const texts = queries.flatMap((query) => Array.from(query, (_, i) => query.slice(0, i + 1)));
  const work = Object.fromEntries(methods.map((method) => [method, (text) => engine.call('search', [{ text, unfinished: true }, { method, k: 10 }])]));
  work.encode = (text) => engine.call('encode', [text]);
  const times = Object.fromEntries(Object.keys(work).map((name) => [name, []]));
  let known = 0;
  let empty = 0;
  // The methods in turn, so that what else the machine does meets all of them; the first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const text of texts) {
      for (const [name, run] of Object.entries(work)) {
        const start = performance.now();
        const result = run(text);
        const time = performance.now() - start;
        if (round > 0) times[name].push(time);
        if (name === 'knn+lexical') {
          if (result.hits.length === 0) empty++;
          if (result.known > 0) known++;
        }
      }
    }
  }
  const searches = texts.length * (rounds + 1);
  return { info: engine.info, times, known: known / searches, empty: empty / searches };
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.floor(values.length * q)];

const site = join(BENCH_DATA, 'site');
await rm(site, { recursive: true, force: true });
await mkdir(site, { recursive: true });
const items = await passages();
const characters = items.reduce((sum, { text }) => sum + text.length, 0);
await writeFile(join(BENCH_DATA, 'items.jsonl'), items.map((item) => JSON.stringify(item)).join('\n'));
const server = await serveFiles({ '/www/': WWW, '/': site }, { post: embeddings });
const { address } = server;
try {
  const bundle = join(site, 'typing.json');
  await promisify(execFile)(EXEMPLAR_BIN, ['build', '--items', join(BENCH_DATA, 'items.jsonl'), '--passages', 'off', '--model', 'm',
    '--api', address, '--batch-size', '250', '--cache', 'off', '-o', bundle], { maxBuffer: 1e8 });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(address);
    const { info, times, known, empty } = await page.evaluate(typed, { queries: QUERIES, methods: METHODS, rounds: ROUNDS });
    assert(info.passages === PASSAGES && info.keywords && info.encoder, JSON.stringify(info));
    assert(known > 0.9, `the encoder knew something at ${(100 * known).toFixed(0)}% of the keystrokes only`);
    assert(empty < 0.1, `${(100 * empty).toFixed(0)}% of the keystrokes found nothing`);
    console.log(`${DOCS}: ${info.passages} passages x ${info.dimensions}, ${Math.round(characters / PASSAGES)} characters each`);
    console.log(`${QUERIES.length} queries letter by letter, ${times.encode.length / ROUNDS} keystrokes, ${ROUNDS} times; Chromium ${browser.version()}`);
    console.log(`the encoder knew something at ${(100 * known).toFixed(1)}% of them; ${(100 * empty).toFixed(1)}% found nothing`);
    console.log('at a keystroke'.padEnd(20), 'median'.padStart(10), 'p95'.padStart(10), '  goal');
    for (const [name, all] of Object.entries(times)) {
      const median = quantile(all, 0.5);
      const goal = { 'knn+lexical': 3, encode: 0.1 }[name];
      const reached = goal === undefined ? '' : `  ${goal} ms: ${median <= goal ? 'reached' : 'MISSED'}`;
      console.log(name.padEnd(20), `${median.toFixed(3)} ms`.padStart(10), `${quantile(all, 0.95).toFixed(3)} ms`.padStart(10), reached);
    }
  } finally {
    await browser.close();
  }
} finally {
  server.close();
}
