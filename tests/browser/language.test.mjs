import assert from 'node:assert/strict';
import test from 'node:test';
import { hits, open, serve, THREADS } from './support.mjs';

test('the page speaks the reader\'s language, and the address can choose another', async (t) => {
  const site = await serve(t);
  const page = await open(t, `${site}?q=${encodeURIComponent(THREADS)}`, { context: { locale: 'ja-JP' } });
  await page.getByRole('button', { name: '検索', exact: true }).waitFor();
  await hits(page, 'knn');
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  await page.getByText('各方法 10 件').waitFor();

  await page.getByRole('link', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Search', exact: true }).waitFor();
  await hits(page, 'knn');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.getByRole('searchbox').inputValue(), THREADS, 'the query is kept');
});

test('a language that the page does not speak falls back to the next one, and then to English', async (t) => {
  const site = await serve(t);
  const page = await open(t, `${site}?lang=xx`, { context: { locale: 'ja' } });
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  const other = await open(t, `${site}?lang=constructor`, { context: { locale: 'fr-CA' } });
  assert.equal(await other.locator('html').getAttribute('lang'), 'en');
});
