import assert from 'node:assert/strict';
import test from 'node:test';
import { hits, open, serve, THREADS } from './support.mjs';

/** Where the focus is: a hit's column and place, or the element's id. */
const focus = (page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    const hit = activeElement.closest('.hit');
    if (!hit) return activeElement.id;
    return `${hit.closest('.column').dataset.method} ${[...hit.parentElement.children].indexOf(hit) + 1}`;
  });

test('everything can be reached by keyboard alone', async (t) => {
  const page = await open(t, await serve(t));
  // The book's own scripts look for the network.
  await page.route('**/sites/rust-book/*.html', (route) => route.fulfill({ body: 'a chapter' }));
  await page.locator('#facts:not(:empty)').waitFor();
  const press = async (key, expected) => {
    await page.keyboard.press(key);
    assert.equal(await focus(page), expected, `after ${key}`);
  };
  await press('/', 'query');
  await page.keyboard.type(`${THREADS} / mutex`);
  assert.equal(await page.getByRole('searchbox').inputValue(), `${THREADS} / mutex`, 'a slash can be typed');
  await page.keyboard.press('Enter');
  await hits(page, 'knn');

  await press('ArrowDown', 'knn 1');
  await press('ArrowDown', 'knn 2');
  await press('ArrowRight', 'svm 2');
  await press('ArrowRight', 'hybrid 2');
  await press('ArrowRight', 'whitened+lexical 2');
  await press('ArrowRight', 'whitened+lexical 2');
  await press('ArrowLeft', 'hybrid 2');
  await press('ArrowUp', 'hybrid 1');
  await press('ArrowLeft', 'svm 1');
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(ring, 'none', 'the focus can be seen');
  await press('ArrowUp', 'query');
  await press('ArrowDown', 'knn 1');
  await press('Tab', 'knn 1');
  assert.match(await page.evaluate(() => document.activeElement.className), /similar/, 'Tab goes on to the hit\'s other link');
  await press('Escape', 'query');
  assert.equal(await page.getByRole('searchbox').inputValue(), `${THREADS} / mutex`, 'the first Escape keeps the query');
  await press('Escape', 'query');
  assert.equal(await page.getByRole('searchbox').inputValue(), '', 'the second one clears it');

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/sites\/rust-book/);
});

test('the settings dialog opens and closes by keyboard, and gives the focus back', async (t) => {
  const page = await open(t, await serve(t));
  const button = page.getByRole('button', { name: 'Settings' });
  await page.locator('#facts:not(:empty)').waitFor();
  await button.focus();
  await page.keyboard.press('Enter');
  const endpoint = page.getByRole('textbox', { name: 'Endpoint' });
  await endpoint.fill('elsewhere');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  assert.equal(await focus(page), 'open-settings');
  await page.keyboard.press('Enter');
  assert.equal(await endpoint.inputValue(), 'v1/embeddings', 'what was not applied is forgotten');
});

test('keys that an input method uses to choose candidates do nothing else', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  await hits(page, 'knn');
  const box = page.getByRole('searchbox');
  await box.focus();
  for (const key of ['ArrowDown', 'Escape']) {
    await box.dispatchEvent('keydown', { key, bubbles: true, isComposing: true });
    assert.equal(await focus(page), 'query');
    assert.equal(await box.inputValue(), THREADS);
  }
});
