import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, hits, open, serve, THREADS, THREADS_CHAPTERS, withApiAlone } from './support.mjs';

test('the address holds the query and k, and going back shows the earlier hits', async (t) => {
  const site = await serve(t, { dist: await withApiAlone(t) });
  const page = await open(t, `${site}?q=${encodeURIComponent(THREADS)}&k=5`);
  const found = await hits(page, 'knn');
  assert.equal(found.length, 5);
  assert.match(found[0].href, THREADS_CHAPTERS);
  assert.equal(await page.getByRole('searchbox').inputValue(), THREADS);
  assert.match(await page.title(), new RegExp(THREADS));

  await ask(page, 'when does a value get dropped');
  await page.waitForURL(/q=when/);
  await page.locator('[data-method="knn"] .title').getByText(/drop/i).first().waitFor();

  await page.goBack();
  await page.locator('[data-method="knn"] .title').getByText(found[0].title).waitFor();
  assert.deepEqual(await hits(page, 'knn'), found);
  assert.equal(await page.getByRole('searchbox').inputValue(), THREADS);
});

test('a new k shows at once and is in the address; a k out of range is refused', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}&k=0`);
  assert.equal((await hits(page, 'knn')).length, 10, 'an address with k out of range means the default');
  const k = page.getByRole('spinbutton', { name: 'Results' });
  await k.fill('3');
  await k.press('Tab');
  await page.waitForURL(/k=3/);
  await page.locator('[data-method="hybrid"] .hit').nth(3).waitFor({ state: 'detached' });
  assert.equal((await hits(page, 'hybrid')).length, 3);
  await k.fill('1000');
  await k.press('Enter');
  assert.equal(await k.evaluate((input) => input.validity.rangeOverflow), true);
  assert.match(page.url(), /k=3/);
});
