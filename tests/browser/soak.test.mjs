// Searching for long while all that can happen does: queries typed and dropped, boxes that come and go, the network cut, the
// worker crashed or ended. Then all is quiet, and the box must answer as it did at first, without a worker, an element or memory
// too many. EXEMPLAR_SOAK is for how many seconds, 30 by default; EXEMPLAR_SOAK_SEED repeats a run.

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
const QUESTION = 'how do I share data between threads';
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

/** A site with the demo's bundle in one file or in shards, whose data can be cut off. */
async function site(t, layout) {
  const folder = await mkdtemp(join(tmpdir(), 'exemplar-'));
  atEnd(t, () => rm(folder, { recursive: true }));
  await promisify(execFile)(BIN, ['convert', join(DIST, 'bundles', 'rust-book.json'), '--layout', layout, '-o', join(folder, 'bundle.json')]);
  const network = { cut: false };
  const routes = new Proxy({}, {
    get: (_, path) => async (_request, response) => {
      if (!/^\/search\/(bundle\.json|search-)/.test(path)) return false;
      if (network.cut) return response.destroy();
      const file = await readFile(join(folder, path.slice('/search/'.length))).catch(() => undefined);
      response.writeHead(file ? 200 : 404, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
      response.end(file);
    },
  });
  const { address, end } = await startSite({ routes });
  atEnd(t, end);
  return { address, network };
}

/** What may happen, each as often as it is here. @type {((page: import('playwright-core').Page, random: () => number, network: { cut: boolean }) => unknown)[]} */
const search = (page, random) => box(page).last().fill(QUERIES[Math.floor(random() * QUERIES.length)]);
const EVENTS = [
  search, search, search, search, search, search,
  (page) => box(page).last().fill(''),
  (page, random) => page.waitForTimeout(random() * 300),
  (page) => page.keyboard.press('ArrowDown'),
  (page) => page.evaluate(() => {
    const old = document.querySelector('exemplar-search');
    const box = old.cloneNode();
    old.replaceWith(box);
  }),
  (_page, _random, network) => void (network.cut = !network.cut),
  (page) => Promise.all(page.workers().map((worker) => worker.evaluate(() => void setTimeout(() => { throw new Error('crash'); })).catch(() => {}))),
  (page) => page.evaluate(() => document.querySelector('exemplar-search').shadowRoot.querySelector('.again, [part="retry"]')?.click()),
];

/** The titles that the box finds for the question, once it has nothing better to come. */
async function answer(page) {
  await box(page).last().fill('');
  await box(page).last().fill(QUESTION);
  await page.waitForFunction(() => {
    const { state, shadowRoot } = document.querySelector('exemplar-search');
    return state === 'results' && shadowRoot.querySelector('.list[aria-busy="false"]');
  });
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

for (const layout of ['inline', 'shards']) {
  test(`after ${SECONDS / 2} s of everything at once, a bundle of layout ${layout} is searched as before`, { timeout: SECONDS * 1000 + 300_000 }, async (t) => {
    const seed = Number(process.env.EXEMPLAR_SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32));
    const random = randomness(seed);
    const { address, network } = await site(t, layout);
    const page = await openBox(t, address, { console: /crash|ERR_|Failed to load|no-cors/ });
    const expected = await answer(page);
    const before = await measures(page);
    const counts = new Array(EVENTS.length).fill(0);
    const until = performance.now() + (SECONDS / 2) * 1000;
    while (performance.now() < until) {
      const i = Math.floor(random() * EVENTS.length);
      counts[i]++;
      await EVENTS[i](page, random, network);
    }
    network.cut = false;
    t.diagnostic(`seed ${seed}, ${counts.reduce((sum, count) => sum + count)} events`);
    assert.deepEqual(await answer(page), expected, `seed ${seed}`);
    assert.ok(page.workers().length <= 1, `${page.workers().length} workers, seed ${seed}`);
    const after = await measures(page);
    t.diagnostic(JSON.stringify({ before, after }));
    assert.ok(after.heap - before.heap < HEAP, `the heap grew by ${after.heap - before.heap} bytes, seed ${seed}`);
    assert.ok(after.nodes < 3 * before.nodes, `${after.nodes} nodes, ${before.nodes} before, seed ${seed}`);
    assert.ok(after.listeners < 3 * before.listeners, `${after.listeners} listeners, ${before.listeners} before, seed ${seed}`);
  });
}
