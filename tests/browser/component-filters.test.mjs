import assert from 'node:assert/strict';
import test from 'node:test';
import { smallBundle } from './support.mjs';
import { accessible, boxHits, componentSite, openBox, type } from './component-support.mjs';

const BODY = '<exemplar-search bundle="/search/bundle.json" filters="tags" method="knn"></exemplar-search>';
const ARTICLES = 150;

test('a tag that only the last of many articles have is offered with its count, and fills the list', async (t) => {
  // The later an article stands, the lower it ranks.
  const bundle = smallBundle(Array.from({ length: ARTICLES }, (_, i) => ({ tags: i < ARTICLES - 9 ? ['common'] : ['rare', `tag ${i}`] })));
  const page = await openBox(t, await componentSite(t, { body: BODY, bundle }));
  await page.evaluate((dimensions) => {
    const embedding = Float32Array.from({ length: dimensions }, (_, i) => (i === 0 ? 1 : 0));
    document.querySelector('exemplar-search').embedder = async () => embedding;
  }, ARTICLES);
  await type(page, 'anything');
  const titles = async () => (await boxHits(page)).map(({ title }) => title);
  assert.deepEqual(await titles(), Array.from({ length: 8 }, (_, i) => `Article ${i}`));
  await page.getByRole('button', { name: 'rare 9' }).click();
  await page.locator('exemplar-search .hit', { hasText: `Article ${ARTICLES - 9}` }).waitFor();
  assert.deepEqual(await titles(), Array.from({ length: 8 }, (_, i) => `Article ${ARTICLES - 9 + i}`));
  await page.getByRole('button', { name: `common ${ARTICLES - 9}` }).click();
  await page.locator('exemplar-search .hit', { hasText: 'Article 0' }).first().waitFor();
  assert.equal((await titles())[0], 'Article 0', 'one of the values is enough');
  await accessible(page);
});
