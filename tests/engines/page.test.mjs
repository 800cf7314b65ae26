// A page in Chromium that searches a collection in an engine: what `exemplar export` and `exemplar serve --candidates` give it, against the
// whole bundle.

import assert from 'node:assert/strict';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { chromium } from 'playwright-core';
import { LAUNCH } from '../browser/launch.mjs';
import { bundle, folder, random, serve, startClickHouse, startPostgres, succeed } from './support.mjs';

const WORDS = ['tides', 'moon', 'bread', 'dough', 'harbour', 'lantern', 'orchard', 'granite'];
const DIMENSIONS = 24;
const QUERIES = Array.from({ length: 6 }, (_, i) => {
  const next = random(100 + i);
  return Array.from({ length: DIMENSIONS }, next);
});

function articles(count) {
  return Array.from({ length: count }, (_, i) => ({
    id: `page-${i}`, title: `${WORDS[i % 8]} number ${i}`, url: `page/${i}.html`, lang: i % 3 ? 'en' : 'de',
    passages: Array.from({ length: 1 + i % 3 }, (_, j) => ({ text: `Of ${WORDS[(i + j) % 8]} and ${WORDS[(i * 3 + j) % 8]}, ${i}.`, heading: ['Part', `${j}`], anchor: `part-${j}` })),
  }));
}

/** In the page: the hits of the whole bundle, and of the remote one. */
async function both([query, options]) {
  const { SearchIndex } = await import('/client/exemplar-search.js');
  globalThis.whole ??= await SearchIndex.load('/whole.json');
  globalThis.remote ??= await SearchIndex.load('/search/search.json', { candidates: '/v1/candidates' });
  const found = async (index) => {
    const { hits, ...rest } = await index.search(query, options);
    return { ...rest, hits: hits.map(({ article, passage, text, score }) => ({ id: article.id, heading: passage.heading, text, score })) };
  };
  return { exact: await found(globalThis.whole), told: await found(globalThis.remote) };
}

for (const start of [startClickHouse, startPostgres]) {
  describe(`a page, and ${start.name}`, () => {
    const site = folder('page');
    let engine, server, browser, page;

    before(async () => {
      engine = await start();
      bundle(join(site, 'whole.json'), articles(400), DIMENSIONS);
      succeed(['export', join(site, 'whole.json'), ...engine.export, '--out', join(site, 'search')]);
      cpSync(join(process.env.EXEMPLAR_DIST, 'exemplar/client'), join(site, 'client'), { recursive: true });
      writeFileSync(join(site, 'index.html'), '<!doctype html><title>A page</title>');
      server = await serve(engine.serve, [], {}, site);
      browser = await chromium.launch(LAUNCH);
      page = await browser.newPage();
      await page.goto(new URL('/', server.address).href);
    });
    after(async () => {
      await browser?.close();
      await server?.stop();
      await engine?.stop();
      rmSync(site, { recursive: true });
    });

    test('the nearest rows are those of the whole bundle, with their texts', async () => {
      for (const embedding of QUERIES) {
        const { exact, told } = await page.evaluate(both, [{ embedding }, { method: 'knn', k: 10 }]);
        assert.deepEqual(told.hits.map(({ score, ...hit }) => hit), exact.hits.map(({ score, ...hit }) => hit));
        assert.ok(told.hits.every(({ score }, i) => Math.abs(score - exact.hits[i].score) < 2e-3));
        assert.deepEqual([told.requests, told.partial], [1, undefined]);
      }
    });

    test('the SVM takes two requests, and finds nearly what that of all rows does', async () => {
      let same = 0;
      for (const embedding of QUERIES) {
        const { exact, told } = await page.evaluate(both, [{ embedding }, { method: 'hybrid', k: 10 }]);
        assert.equal(told.requests, 2);
        same += exact.hits.filter(({ id }) => told.hits.some((hit) => hit.id === id)).length;
      }
      assert.ok(same >= 0.9 * 10 * QUERIES.length, `${same} of ${10 * QUERIES.length}`);
    });

    test('a filter leaves what it allows', async () => {
      const { exact, told } = await page.evaluate(both, [{ embedding: QUERIES[0] }, { method: 'knn', k: 10, filter: { lang: ['de'] } }]);
      assert.deepEqual(told.hits.map(({ id }) => id), exact.hits.map(({ id }) => id));
    });

    test('while the engine is down the page says so, and goes on when it is back', async () => {
      await engine.down();
      const failed = await page.evaluate(async (embedding) =>
        globalThis.remote.search({ embedding }, { method: 'knn' }).then(() => 'found', ({ code, message }) => `${code}: ${message}`), QUERIES[0]);
      assert.match(failed, /^http: .*503/);
      await engine.up();
      const { exact, told } = await page.evaluate(both, [{ embedding: QUERIES[0] }, { method: 'knn', k: 10 }]);
      assert.deepEqual(told.hits.map(({ id }) => id), exact.hits.map(({ id }) => id));
    });
  });
}
