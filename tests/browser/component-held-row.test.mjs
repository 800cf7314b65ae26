import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, chosen, componentSite, deferred, embeddings, openBox, WITH_API } from './component-support.mjs';

test('words are answered at once, meaning follows, and the chosen row does not move', async (t) => {
  const release = deferred();
  const site = await componentSite(t, { body: WITH_API, routes: embeddings(() => release.promise) });
  const page = await openBox(t, site);
  await box(page).fill('why can a value not be used after it was moved');
  await page.locator('exemplar-search .hit').nth(3).waitFor();
  const titles = () => page.locator('exemplar-search .hit .name').allTextContents();
  // The bundle's own encoder may answer before a row is chosen, and from then on no more moves it.
  while ((await chosen(page)) !== (await titles())[2]) await page.keyboard.press('ArrowDown');
  const before = await titles();
  const place = await page.locator('exemplar-search .hit').nth(2).boundingBox();
  release.resolve();
  await boxHits(page);
  const after = await titles();
  assert.deepEqual(after.slice(0, 3), before.slice(0, 3));
  assert.notDeepEqual(after, before, 'the rows below follow the meaning');
  assert.equal(new Set(after).size, after.length, 'no article twice');
  assert.equal(await chosen(page), before[2]);
  assert.deepEqual(await page.locator('exemplar-search .hit').nth(2).boundingBox(), place);
});
