// What a reader waits for and downloads until the first hits: `./build.sh bench network`. The same sites, indexed by Pagefind
// and by this project; a static host with HTTP/2 and TLS; a line of a given rate and round trip; a headless Chromium with an
// empty cache for each load. Times are from the beginning of the navigation to the frame after which hits are on the screen.
//
// From the environment: DIST, what `./build.sh dist` makes; EXEMPLAR_BIN; BENCH_DATA, a folder for what is made here; DOCS, the
// documentation that Rust ships; EMBEDDING_API. `--site N` measures the Nth site alone, `--engine NAME` one search alone, `--loads N` takes the median of N.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { launch } from '../chromium.mjs';
import { embeddings } from '../made-up.mjs';
import { serveFiles } from '../static-server.mjs';
import { pagefind, shards, shipped, whole } from './engines.mjs';
import { staticHost } from './host.mjs';
import { NETWORKS, shapedLink } from './link.mjs';
import { sites } from './sites.mjs';

const { BENCH_DATA, DOCS, EMBEDDING_API } = process.env;
const { values: options } = parseArgs({ options: { loads: { type: 'string', default: '5' }, site: { type: 'string' }, engine: { type: 'string' } } });
const ENGINES = [pagefind, whole, shards].filter(({ name }) => name.includes(options.engine ?? ''));
const HOSTS = ['known', 'none'];
/** Three words each. The first query of a load is one of these, in turn; the second is the next, and the third the one after. */
const QUERIES = ['share data threads', 'convert string integer', 'read file lines', 'handle errors gracefully', 'iterate mutable references'];
const LONG = 'why can a value not be used after it was moved to another variable';
/** Milliseconds between two keys of somebody who types well, and until the network is taken to be at rest. */
const KEY = 120;
const QUIET = 700;
const PATIENCE = 300_000;
/** Milliseconds of one line's loads after which no further one begins: the largest file takes minutes on the slowest network. */
const LINE = 120_000;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** In the page, from its beginning: notes when what is looked for is first on the screen. */
const WATCH = (script) => `globalThis.box = (${script})();
globalThis.watch = async (text, first) => {
  const box = await globalThis.box;
  const start = first ? 0 : performance.now();
  const times = {};
  box.type(text);
  while (times.final === undefined) {
    await new Promise(requestAnimationFrame);
    for (const what of ['words', 'meaning', 'final']) if (box[what]()) times[what] ??= performance.now() - start;
  }
  return times;
};`;

/** Waits until nothing has come for a while. */
async function quiet(link) {
  for (let before = -1; before !== link.received(); await wait(QUIET)) before = link.received();
}

/** One cold load: a first query, a second, and a third that is typed. */
async function load(browser, host, network, engine, queries) {
  const link = await shapedLink(host.port, network);
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    host.requests.length = 0;
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.addInitScript(`addEventListener('DOMContentLoaded', () => { ${WATCH(engine.script)} })`);
    await page.goto(`https://localhost:${link.port}/`, { waitUntil: 'domcontentloaded', timeout: PATIENCE });
    const ask = async (text, first) => {
      const before = { bytes: first ? 0 : link.received(), requests: first ? 0 : host.requests.length };
      const times = await page.evaluate(([text, first]) => watch(text, first), [text, first]);
      return { ...times, kB: (link.received() - before.bytes) / 1000, requests: host.requests.length - before.requests };
    };
    const first = await ask(queries[0], true);
    await quiet(link);
    const rest = link.received() / 1000;
    const second = await ask(queries[1], false);
    await quiet(link);
    const before = link.received();
    for (let i = 1; i <= queries[2].length; i++) {
      await page.evaluate(async (text) => (await box).type(text), queries[2].slice(0, i));
      await wait(KEY);
    }
    await quiet(link);
    return { first, second, typing: (link.received() - before) / 1000, rest };
  } finally {
    await context.close();
    link.close();
  }
}

/** What an engine ships for a site: built once, and again if asked for by removing it. */
async function built(engine, site) {
  const folder = join(BENCH_DATA, 'shipped', `${engine.name}-${site.name}`.replaceAll(/\W+/g, '-').toLowerCase());
  if (!existsSync(`${folder}.done`)) {
    const start = performance.now();
    await engine.build(site, folder);
    await writeFile(`${folder}.done`, `${((performance.now() - start) / 1000).toFixed(0)}`);
  }
  return folder;
}

const seconds = (values) => (values.some((value) => value === undefined) ? '-' : (median(values) / 1000).toFixed(2));
const number = (values) => median(values).toFixed(0);

async function measure(browser, site, engine) {
  const folder = await built(engine, site);
  const { files, bytes } = await shipped(folder);
  const page = join(BENCH_DATA, 'page', engine.name.replaceAll(/\W+/g, '-'));
  await mkdir(page, { recursive: true });
  await writeFile(join(page, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title><link rel="icon" href="data:,">${engine.head}<h1>A site</h1>${engine.body}`);
  console.log(`  ${engine.name}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  for (const network of NETWORKS) {
    for (const gzip of HOSTS) {
      const host = await staticHost({ '/search/': folder, '/': page }, { keys: join(BENCH_DATA, 'keys'), gzip });
      const loads = [];
      const start = performance.now();
      for (let i = 0; i < Number(options.loads) && (i === 0 || performance.now() - start < LINE); i++) {
        const queries = [0, 1, 2].map((next) => QUERIES[(i + next) % QUERIES.length]);
        loads.push(await load(browser, host, network, engine, queries));
      }
      const long = await load(browser, host, network, engine, [LONG, ...QUERIES.slice(0, 2)]);
      host.close();
      const all = (pick) => loads.map(pick);
      console.log([
        `    ${network.name}`.padEnd(16), `gzip ${gzip}`.padEnd(12),
        number(all(({ first }) => first.kB)).padStart(7), number(all(({ first }) => first.requests)).padStart(5),
        seconds(all(({ first }) => first.words)).padStart(7), seconds(all(({ first }) => first.meaning)).padStart(8), seconds(all(({ first }) => first.final)).padStart(7),
        long.first.kB.toFixed(0).padStart(7), number(all(({ rest }) => rest)).padStart(8),
        number(all(({ second }) => second.kB)).padStart(7), seconds(all(({ second }) => second.final)).padStart(6),
        number(all(({ typing }) => typing)).padStart(7),
      ].join(' '));
    }
  }
}

const madeUp = await serveFiles({}, { post: embeddings });
const all = await sites(DOCS, BENCH_DATA, { real: EMBEDDING_API, madeUp: madeUp.address });
const browser = await launch();
try {
  console.log(`Chromium ${browser.version()}; medians of ${options.loads} cold loads, fewer where these take ${LINE / 1000} s; kB of 1,000 bytes as they reach the browser, with TLS and headers`);
  console.log('a first query of three words: kB, requests, seconds to the first hits, to hits by meaning, to the last; kB of a long one;'
    + ' kB when all is at rest; a second query: kB, seconds; kB of a third that is typed');
  for (const site of options.site ? [all[Number(options.site) - 1]] : all) {
    console.log(`${site.name}: ${site.pages} pages; vectors ${site.vectors}`);
    console.log('    network'.padEnd(16), 'host'.padEnd(12), '     kB   req   words  meaning   last long kB  at rest  2nd kB   2nd  typing');
    for (const engine of ENGINES) await measure(browser, site, engine);
  }
} finally {
  await browser.close();
  madeUp.close();
}
