import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, chosen, componentSite, deferred, inState, openBox, TAG, type, WITH_API } from './component-support.mjs';

/** A chapter that does not have the word "parallel". */
const THREADS = 'Using Threads to Run Code Simultaneously';

/**
 * Opens the box, waits for its bundle, and takes the network away: requests fail, once `until` is there. Resolves to the page
 * and what it asked for since.
 */
async function offlineBox(t, body, until) {
  const page = await openBox(t, await componentSite(t, { body }), { console: /ERR_FAILED|Failed to fetch/ });
  const downloads = ['.wasm.gz', '/bundle.json'].map((end) =>
    page.waitForEvent('requestfinished', (request) => request.url().endsWith(end)));
  await box(page).click();
  await Promise.all(downloads);
  const asked = [];
  await page.route('**', async (route) => {
    asked.push(route.request().url());
    await until;
    return route.abort();
  });
  return { page, asked };
}

test('with the network blocked, the bundle\'s encoder finds an article that has none of the words', async (t) => {
  const words = await offlineBox(t, TAG.replace('>', ' method="lexical">'));
  await type(words.page, 'parallel');
  const byWords = (await boxHits(words.page)).map(({ title }) => title);
  assert.ok(!byWords.includes(THREADS), `${byWords}`);

  const { page, asked } = await offlineBox(t, TAG);
  await type(page, 'parallel');
  await inState(page, 'results');
  const hits = await boxHits(page);
  assert.equal(hits[0].title, byWords[0], 'the words still count');
  const found = hits.slice(0, 4).find(({ title }) => title === THREADS);
  assert.deepEqual(found?.marks, [], JSON.stringify(hits));
  assert.deepEqual([...asked, ...words.asked], [], 'nothing was asked for');
});

test('where an API is named but not there, the encoder answers, and the box says so', async (t) => {
  const failing = deferred();
  const { page } = await offlineBox(t, WITH_API, failing.promise);
  await box(page).fill('parallel');
  await page.locator('exemplar-search .hit').first().waitFor();
  await page.keyboard.press('ArrowDown');
  const first = await chosen(page);
  failing.resolve();
  await inState(page, 'degraded');
  assert.ok((await boxHits(page)).slice(0, 4).some(({ title }) => title === THREADS));
  assert.equal(await chosen(page), first, 'the chosen row stays');
  const message = page.locator('exemplar-search [part="message"]');
  assert.match(await message.innerText(), /Answered on this device\.$/);
});
