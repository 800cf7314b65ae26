import assert from 'node:assert/strict';
import test from 'node:test';
import { hits, METHODS, open, serve, THREADS, THREADS_CHAPTERS } from './support.mjs';

test('"similar" ranks the other articles by an article, and leads back', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const before = await hits(page, 'knn');
  const { title, article } = before[0];
  await page.locator('[data-method="knn"] .hit').first().getByRole('link', { name: /similar/i }).click();

  // Once the hits are there.
  await page.getByRole('heading', { name: title }).and(page.locator(':focus')).waitFor();
  for (const method of METHODS) {
    const found = await hits(page, method);
    assert.ok(found.every((hit) => hit.article !== article), 'the article itself is left out');
    assert.ok(found.slice(0, 5).some((hit) => THREADS_CHAPTERS.test(hit.href)), `${method} finds its neighbours`);
  }

  await page.getByRole('link', { name: `Back to the hits for “${THREADS}”` }).click();
  await page.locator('#view').waitFor({ state: 'hidden' });
  assert.deepEqual(await hits(page, 'knn'), before);
});

test('the address of similar articles works on its own, and an unknown article is named', async (t) => {
  const site = await serve(t);
  const page = await open(t, site);
  await page.goto(`${site}?similar=no-such-article`);
  await page.getByRole('alert').getByText('no-such-article').waitFor();

  await page.goto(`${site}?q=${encodeURIComponent(THREADS)}`);
  await hits(page, 'knn');
  const link = page.locator('.similar').first();
  const address = await link.evaluate((element) => element.href);
  const title = (await hits(page, 'knn'))[0].title;
  await page.goto(address);
  assert.equal((await hits(page, 'hybrid')).length, 10);
  await page.getByRole('heading', { name: title }).waitFor();
});
