// The page on a bundle in shards: the default ranking with what it took, and all methods once the whole site is loaded.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { BIN, DIST, THREADS, THREADS_CHAPTERS, accessible, answered, ask, copySite, open, serve } from './support.mjs';

/** The page with the Rust Book in shards. */
async function openParts(t) {
  const dist = await copySite(t, { 'index.json': [{ name: 'The Rust Book', bundle: 'rust-book.json' }] });
  const whole = join(DIST, 'bundles', 'rust-book.json');
  await promisify(execFile)(BIN, ['convert', whole, '--layout', 'shards', '-o', join(dist, 'bundles', 'rust-book.json')]);
  return open(t, await serve(t, { dist }));
}

const columns = (page) => page.locator('.column:visible').evaluateAll((all) => all.map((column) => column.dataset.method));

test('a site in parts is ranked by the default, which says what it took and how complete it is', async (t) => {
  const page = await openParts(t);
  await ask(page, THREADS);
  await answered(page);
  assert.deepEqual(await columns(page), ['whitened+lexical']);
  assert.match(await page.locator('.column:visible .title').first().getAttribute('href'), THREADS_CHAPTERS);
  assert.match(await page.locator('#parts p').textContent(), /fetched \d+ files of \d+ kB together, and is expected to have found \d+% of the best hits/);
  assert.equal(await page.locator('#map').isVisible(), false, 'the map needs the whole site');
  assert.equal(await page.locator('.move').count(), 0, 'no rank in kNN is known');
  await accessible(page);
});

test('all methods rank once the whole site is loaded, by keyboard alone', async (t) => {
  const page = await openParts(t);
  await ask(page, THREADS);
  await answered(page);
  await page.locator('#load-whole').focus();
  await page.keyboard.press('Enter');
  await page.locator('.column[data-method="svm"] .hit').first().waitFor();
  assert.deepEqual((await columns(page)).sort(), ['hybrid', 'knn', 'svm', 'whitened+lexical']);
  assert.equal(await page.locator('#parts').isVisible(), false);
  assert.equal(await page.locator('#map').isVisible(), true);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'results', 'the focus is not lost with the button');
});

test('articles like one of the hits are found in the whole site, which is loaded for it', async (t) => {
  const page = await openParts(t);
  await ask(page, THREADS);
  await answered(page);
  await page.locator('.column:visible .similar').first().click();
  await page.locator('.column[data-method="knn"] .hit').first().waitFor();
  assert.deepEqual(await columns(page), ['knn', 'svm', 'hybrid']);
});
