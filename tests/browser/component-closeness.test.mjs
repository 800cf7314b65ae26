// What the box says where nothing on the site is close to a query, with the encoder of the Rust Book's bundle.

import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, componentSite, inState, openBox, TAG, type } from './component-support.mjs';

const NEAREST = 'Nothing close was found. The nearest results:';
const FAR = 'how to bake bread';

/** The box with what it said last, once it has answered a query. */
async function answered(t, tag, query, state) {
  const page = await openBox(t, await componentSite(t, { body: tag }));
  await page.evaluate(() => document.addEventListener('exemplar-results', ({ detail }) => (globalThis.told = detail.closeness)));
  await type(page, query);
  await inState(page, state);
  await page.waitForFunction((text) => document.querySelector('exemplar-search').value === text && 'told' in globalThis, query);
  const message = page.locator('exemplar-search [part="message"]');
  return {
    page,
    hits: state === 'results' ? await boxHits(page) : [],
    message: (await message.isVisible()) ? await message.innerText() : '',
    closeness: await page.evaluate(() => globalThis.told),
  };
}

test('a query that the book answers is good', async (t) => {
  const { hits, message, closeness } = await answered(t, TAG, 'how do I borrow a value', 'results');
  assert.ok(hits.length > 0);
  assert.deepEqual([message, closeness], ['', 'good']);
});

test('where nothing is close, the box says so above the nearest hits, and to assistive technology', async (t) => {
  const { page, hits, message, closeness } = await answered(t, TAG, FAR, 'results');
  assert.ok(hits.length > 0);
  assert.deepEqual([message, closeness], [NEAREST, 'nearest']);
  await page.waitForFunction((text) => document.querySelector('exemplar-search').shadowRoot.querySelector('[role="status"]').textContent.startsWith(text), NEAREST);
  await box(page).fill('borrow');
  await page.locator('exemplar-search [part="message"]').waitFor({ state: 'hidden' });
});

test('gibberish finds nothing', async (t) => {
  const { hits, message, closeness } = await answered(t, TAG, 'xqzvwk', 'none');
  assert.deepEqual([hits, closeness], [[], 'nothing']);
  assert.match(message, /^Nothing found for “xqzvwk”/);
});

test('with strictness="off", nothing is said, and all are hits', async (t) => {
  const { hits, message, closeness } = await answered(t, TAG.replace('>', ' strictness="off">'), FAR, 'results');
  assert.ok(hits.length > 0);
  assert.deepEqual([message, closeness ?? undefined], ['', undefined]);
});
