// A large collection in shards: what writing the shards takes, what searches cost and lose, and how long ranking takes on loaded
// shards in Chromium. `./build.sh bench large [PAGES]`: pages of the documentation that Rust ships, with made-up vectors.
//
// From the environment: EXEMPLAR_BIN, the `exemplar` binary; DIST, what `./build.sh dist` makes; BENCH_DATA, a folder for what is
// made here; DOCS, the documentation.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { launch } from './chromium.mjs';
import { embeddings } from './made-up.mjs';
import { LARGE_DOCS, collect } from './network/sites.mjs';
import { serveFiles } from './static-server.mjs';

const { EXEMPLAR_BIN, DIST, BENCH_DATA, DOCS } = process.env;
const PAGES = Number(process.argv[2] ?? 42_000);
const ROUNDS = 20;
/** Milliseconds between two keys. */
const KEY = 120;
const QUERIES = [
  'share data threads', 'convert string integer', 'read file lines', 'handle errors gracefully', 'iterate mutable references',
  'why can a value not be used after it was moved to another variable', 'how do I make my own iterator over the lines of a file',
];

const run = (args) => promisify(execFile)(EXEMPLAR_BIN, args, { maxBuffer: 1e9 });
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Runs the command, and says how many seconds it took and how many bytes it had in memory at most. */
async function measured(args) {
  const start = performance.now();
  const child = spawn(EXEMPLAR_BIN, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const look = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }, 50);
  const [code] = await once(child, 'exit');
  clearInterval(look);
  assert.equal(code, 0, `exemplar ${args[0]} failed`);
  return { seconds: (performance.now() - start) / 1000, peak };
}

/** In the page: for each query the milliseconds of its ranking, once its shards are there. */
async function ranked({ queries, rounds }) {
  const { SearchIndex } = await import('/search/client/exemplar-search.js');
  const index = await SearchIndex.load('/bundle/bundle.json', { background: false });
  const found = [];
  for (const query of queries) {
    const { hits, complete, fetched } = await index.search(query);
    found.push({ query, hits: hits.length, complete, fetched, milliseconds: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const one of found) {
      const { milliseconds, fetched } = await index.search(one.query);
      // What other queries have loaded may bring up other hits, whose texts are not there.
      if (fetched.files === 0) one.milliseconds.push(milliseconds);
    }
  }
  return { found, info: index.info };
}

/** In the page: one query at once, or letter by letter as somebody types well, by an index of its own. As in the box, more may follow. */
async function asked({ query, key }) {
  const { SearchIndex } = await import('/search/client/exemplar-search.js');
  const index = await SearchIndex.load('/bundle/bundle.json', { background: false });
  for (let i = 3; key && i < query.length; i++) {
    const controller = new AbortController();
    index.search({ text: query.slice(0, i), unfinished: true }, { signal: controller.signal }).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, key));
    controller.abort();
  }
  await index.search({ text: query, unfinished: true });
  index.free();
}

/** The bytes of the shards that this fetches. */
async function shardBytes(page, options) {
  let bytes = 0;
  const count = (response) => (bytes += response.url().endsWith('.bin') ? Number(response.headers()['content-length']) : 0);
  page.on('response', count);
  await page.evaluate(asked, options);
  page.off('response', count);
  return bytes;
}

const folder = join(BENCH_DATA, 'sites', `rust-docs-${PAGES}`);
const whole = `${folder}.json`;
const shards = join(BENCH_DATA, 'large', String(PAGES));
const pages = await collect(DOCS, LARGE_DOCS, PAGES, folder);
const server = await serveFiles({ '/search/': join(DIST, 'exemplar'), '/bundle/': shards }, { post: embeddings });
try {
  if (!existsSync(whole)) {
    await run(['build', '--site', folder, '--model', 'made-up', '--api', server.address, '--batch-size', '250', '--cache', 'off', '--keep-lists', '-o', whole]);
  }
  await mkdir(shards, { recursive: true });
  const { seconds, peak } = await measured(['convert', whole, '--layout', 'shards', '-o', join(shards, 'bundle.json')]);
  console.log(`${pages} pages of Rust's documentation, vectors made up: a direction for each word`);
  console.log(`writing shards, from a bundle of ${((await stat(whole)).size / 1e6).toFixed(1)} MB: ${seconds.toFixed(1)} s, ${(peak / 1e6).toFixed(0)} MB at most`);
  console.log((await run(['inspect', join(shards, 'bundle.json')])).stdout);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    const { found, info } = await page.evaluate(ranked, { queries: QUERIES, rounds: ROUNDS });
    console.log(`${info.passages} passages x ${info.dimensions}; Chromium ${browser.version()}: ranking on loaded shards, medians of ${ROUNDS}`);
    console.log('     ms  files     kB  complete  kB more if typed');
    for (const { query, hits, complete, fetched, milliseconds } of found) {
      assert.equal(hits, 10, `${query} found ${hits}`);
      const more = (await shardBytes(page, { query, key: KEY })) - (await shardBytes(page, { query }));
      const figures = [median(milliseconds).toFixed(1).padStart(7), String(fetched.files).padStart(6), (fetched.bytes / 1000).toFixed(0).padStart(6), complete.toFixed(2).padStart(9),
        (more / 1000).toFixed(1).padStart(17)];
      console.log(figures.join(' '), ` ${query}`);
    }
  } finally {
    await browser.close();
  }
} finally {
  server.close();
}
