import assert from 'node:assert/strict';
import test from 'node:test';
import { serve, THREADS, THREADS_CHAPTERS } from '../support.mjs';
import { open, until } from './support.mjs';

/** Addresses of kNN's hits, once there are any. */
const found = (page) => until(page, () => {
  if (document.querySelector('#results[aria-busy="true"]')) return false;
  const links = [...document.querySelectorAll('[data-method="knn"] .hit a.title')];
  return links.length > 0 && links.map(({ href }) => href);
});
const chapters = (hrefs) => hrefs.slice(0, 3).some((href) => THREADS_CHAPTERS.test(href));

test('the page finds chapters by their meaning, others like one, and is worked by keys', async (t) => {
  const page = await open(t, await serve(t));
  await until(page, () => document.querySelector('#facts')?.textContent);
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'query');
  await page.keyboard.type(THREADS);
  await page.keyboard.press('Enter');
  await until(page, () => /Query embedded in/.test(document.querySelector('#status').textContent));
  const hits = await found(page);
  assert.ok(chapters(hits), `${hits}`);

  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement.href), hits[0]);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until(page, () => new URL(location.href).searchParams.get('similar'));
  await until(page, () => document.activeElement.matches('#view h2'));
  const alike = await found(page);
  assert.ok(!alike.includes(hits[0]), 'the article itself is left out');
  assert.ok(chapters(alike), `${alike}`);
});
