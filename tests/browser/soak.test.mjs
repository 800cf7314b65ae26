// Searching for long while all that can happen does: queries typed and dropped, boxes that come and go, the network cut, kept shards
// evicted, the worker crashed or ended. Now and then all is quiet, and the box must find what one finds that nobody disturbs. At the
// end there must be no worker, element or memory too many. EXEMPLAR_SOAK is for how many seconds, 30 by default; EXEMPLAR_SOAK_SEED
// repeats a run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { box, openBox, startSite } from './component-support.mjs';
import { atEnd, BIN, DIST } from './support.mjs';

const SECONDS = Number(process.env.EXEMPLAR_SOAK ?? 30);
const QUERIES = ['threads', 'how do I share data between threads', 'ownership', 'a value that was moved', 'async', 'zzzz', 'エラー', 'pattern'];
/** Bytes of the page's heap that may come on top over a run; a leak of one result a search is more. */
const HEAP = 8 << 20;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomness(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A site with the demo's bundle in one file or in shards, whose data can be cut off; and a service worker that keeps shards. */
async function site(t, layout) {
  const folder = await mkdtemp(join(tmpdir(), 'exemplar-'));
  atEnd(t, () => rm(folder, { recursive: true }));
  await promisify(execFile)(BIN, ['convert', join(DIST, 'bundles', 'rust-book.json'), '--layout', layout, '-o', join(folder, 'bundle.json')]);
  const network = { cut: false };
  const routes = new Proxy({}, {
    get: (_, path) => async (_request, response) => {
      if (path === '/service-worker.js') {
        response.setHeader('content-type', 'text/javascript');
        response.end(await readFile(join(DIST, 'exemplar', 'client', 'service-worker.js')));
        return undefined;
      }
      if (!/^\/search\/(bundle\.json|search-)/.test(path)) return false;
      if (network.cut) return response.destroy();
      const file = await readFile(join(folder, path.slice('/search/'.length))).catch(() => undefined);
      response.writeHead(file ? 200 : 404, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
      response.end(file);
    },
  });
  const offline = layout === 'shards' ? 'offline="/service-worker.js"' : '';
  const body = `<exemplar-search bundle="/search/bundle.json" ${offline}></exemplar-search>`;
  const { address, end } = await startSite({ body, routes });
  atEnd(t, end);
  return { address, network };
}

/** A run that is shorter has no time for a worker that was ended: the box waits a minute for it. */
const LONG = 600;

/**
 * What may happen, and how often beside the others.
 * @typedef {{ page: import('playwright-core').Page, random: () => number, network: { cut: boolean } }} Scene
 * @type {Record<string, { often: number, happen(scene: Scene): unknown }>}
 */
const EVENTS = {
  search: { often: 12, happen: ({ page, random }) => box(page).last().fill(oneOf(QUERIES, random)) },
  'empty the field': { often: 2, happen: ({ page }) => box(page).last().fill('') },
  wait: { often: 2, happen: ({ page, random }) => page.waitForTimeout(random() * 300) },
  'choose a hit': { often: 2, happen: ({ page }) => page.keyboard.press('ArrowDown') },
  mount: {
    often: 2,
    happen: ({ page }) => page.evaluate(() => {
      const old = document.querySelector('exemplar-search');
      const box = old.cloneNode();
      old.replaceWith(box);
    }),
  },
  'cut or mend the network': { often: 2, happen: ({ network }) => void (network.cut = !network.cut) },
  'evict shards': {
    often: 2,
    happen: ({ page, random }) => page.evaluate(async (share) => {
      const cache = await caches.open('exemplar-search-shards-1');
      const keys = await cache.keys();
      await Promise.all(keys.slice(0, keys.length * share).map((key) => cache.delete(key)));
    }, random()),
  },
  'crash the worker': { often: 2, happen: ({ page }) => inWorkers(page, () => void setTimeout(() => { throw new Error('crash'); })) },
  'trap in the core': { often: 1, happen: ({ page }) => inWorkers(page, () => (performance.now = () => { throw new WebAssembly.RuntimeError('unreachable'); })) },
  'end the worker': { often: SECONDS < LONG ? 0 : 0.02, happen: ({ page }) => inWorkers(page, () => close()) },
  retry: { often: 2, happen: ({ page }) => page.evaluate(() => document.querySelector('exemplar-search').shadowRoot.querySelector('.again, [part="retry"]')?.click()) },
};
/** Events between two times when all is quiet. */
const BETWEEN = 40;

const oneOf = (list, random) => list[Math.floor(random() * list.length)];

/** The name of one of them. */
function anEvent(random) {
  const all = Object.entries(EVENTS);
  let at = random() * all.reduce((sum, [, { often }]) => sum + often, 0);
  return (all.find(([, { often }]) => (at -= often) < 0) ?? all[0])[0];
}

/** One that ends in the meantime cannot be told. */
const inWorkers = (page, happen) => Promise.all(page.workers().map((worker) => worker.evaluate(happen).catch(() => {})));

/** The titles that the box finds for a query, once it has nothing better to come. */
async function answer(page, query) {
  await box(page).last().fill('');
  await box(page).last().fill(query);
  // A worker that was ended is given up after a minute.
  await page.waitForFunction(() => {
    const { state, shadowRoot } = document.querySelector('exemplar-search');
    // True or false: Playwright would hold an element that it is given, and with it the box.
    return ['results', 'none'].includes(state) && shadowRoot.querySelector('.list[aria-busy="false"]') !== null;
  }, undefined, { timeout: 120_000 });
  return page.locator('exemplar-search .hit .name').allTextContents();
}

async function measures(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return { heap: usedSize, nodes, listeners: jsEventListeners };
}

/**
 * Whether hits are those that nobody disturbed. Of a bundle in shards, a search may go by a part of it, and then lacks a hit here and there:
 * docs/shards.md.
 */
function agrees(layout, found, expected) {
  if (layout === 'inline') return String(found) === String(expected);
  const common = found.filter((title) => expected.includes(title)).length;
  return found.length === expected.length && common >= 0.8 * expected.length && (!expected.length || found.slice(0, 3).includes(expected[0]));
}

/** What happens for so many seconds, with a look at what is found now and then; how often each event was. */
async function disturb(scene, seconds, lookAtAnswers) {
  const counts = Object.fromEntries(Object.keys(EVENTS).map((name) => [name, 0]));
  const until = performance.now() + seconds * 1000;
  for (let done = 1; performance.now() < until; done += 1) {
    const name = anEvent(scene.random);
    counts[name] += 1;
    await EVENTS[name].happen(scene);
    if (done % BETWEEN === 0) await lookAtAnswers();
  }
  return counts;
}

for (const layout of ['inline', 'shards']) {
  test(`${SECONDS / 2} s of everything at once, a bundle of layout ${layout}: no wrong answer, no stuck box, no leak`, { timeout: SECONDS * 1000 + 300_000 }, async (t) => {
    const seed = Number(process.env.EXEMPLAR_SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32));
    const random = randomness(seed);
    const [disturbed, calm] = await Promise.all([site(t, layout), site(t, layout)]);
    const errors = /crash|unreachable|ERR_|Failed to|no-cors/;
    const [page, oracle] = [await openBox(t, disturbed.address, { console: errors }), await openBox(t, calm.address, { console: /no-cors/ })];
    const expected = new Map();
    for (const query of QUERIES) expected.set(query, await answer(oracle, query));
    let compared = 0;
    const look = async (query = oneOf(QUERIES, random)) => {
      disturbed.network.cut = false;
      compared += 1;
      const found = await answer(page, query);
      assert.ok(agrees(layout, found, expected.get(query)), `${query}, seed ${seed}: ${found.join(', ')}, not ${expected.get(query).join(', ')}`);
      assert.ok(page.workers().length <= 1, `${page.workers().length} workers, seed ${seed}`);
    };
    for (const query of QUERIES) await look(query);
    const before = await measures(page);
    const counts = await disturb({ page, random, network: disturbed.network }, SECONDS / 2, look);
    for (const query of QUERIES) await look(query);
    assert.deepEqual(await answer(page, QUERIES[1]), expected.get(QUERIES[1]), `seed ${seed}`);
    await look(QUERIES.at(-1)); // as before it
    const after = await measures(page);
    console.log(JSON.stringify({ layout, seed, ...counts, 'answers compared': compared, before, after }));
    assert.ok(after.heap - before.heap < HEAP, `the heap grew by ${after.heap - before.heap} bytes, seed ${seed}`);
    assert.ok(after.nodes < 2 * before.nodes, `${after.nodes} nodes, ${before.nodes} before, seed ${seed}`);
    assert.ok(after.listeners < 2 * before.listeners, `${after.listeners} listeners, ${before.listeners} before, seed ${seed}`);
  });
}
