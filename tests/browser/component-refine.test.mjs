import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, boxHits, builtBundle, componentSite, ITEMS, openBox, type, WORDS } from './component-support.mjs';

test('more and less like this change the ranking, without an API, and can be undone', async (t) => {
  const page = await openBox(t, await componentSite(t));
  await page.evaluate(() => addEventListener('exemplar-refine', ({ detail }) => (window.liked = detail)));
  await type(page, 'threads');
  const before = await boxHits(page);
  const hit = (title) => page.locator('exemplar-search .hit', { hasText: title }).first();
  const [liked, disliked] = [before[0].title, before[1].title];
  await hit(liked).hover();
  await hit(liked).getByRole('button', { name: 'More like' }).click();
  await page.getByRole('button', { name: `More like “${liked}”: undo` }).waitFor();
  const after = await boxHits(page);
  assert.ok(!after.some(({ title }) => title === liked));
  assert.ok(after.length >= 7, 'articles alike need not have the words');
  await hit(disliked).hover();
  await hit(disliked).getByRole('button', { name: 'Less like' }).click();
  await page.getByRole('button', { name: `Less like “${disliked}”: undo` }).waitFor();
  assert.ok(!(await boxHits(page)).some(({ title }) => title === disliked));
  const detail = await page.evaluate(() => ({ more: window.liked.more.length, less: window.liked.less.length }));
  assert.deepEqual(detail, { more: 1, less: 1 });
  await accessible(page);
  for (const name of [/More like .*undo/, /Less like .*undo/]) {
    await page.getByRole('button', { name }).click();
    await page.getByRole('button', { name }).waitFor({ state: 'detached' });
  }
  // The row that the pointer is over stays as it was while the rest changes.
  await page.mouse.move(0, 0);
  const titles = (hits) => hits.map(({ title }) => title);
  assert.deepEqual(titles(await boxHits(page)), titles(before));
});

test('search as one types goes on after "less like this": the last word may still be the start of one', async (t) => {
  const page = await openBox(t, await componentSite(t, { bundle: await builtBundle(t, ITEMS, WORDS) }));
  await type(page, 'thre');
  const titles = async () => (await boxHits(page)).map(({ title }) => title);
  const before = await titles();
  assert.equal(before.length, 3);
  const hit = page.locator('exemplar-search .hit', { hasText: before[0] }).first();
  await hit.hover();
  await hit.getByRole('button', { name: 'Less like' }).click();
  await page.getByRole('button', { name: `Less like “${before[0]}”: undo` }).waitFor();
  await page.mouse.move(0, 0);
  assert.deepEqual((await titles()).sort(), before.slice(1).sort());
});
