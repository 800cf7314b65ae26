// Chromium's own composition, by the DevTools protocol: the events are those of a real input method.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import test from 'node:test';
import { box, boxHits, builtBundle, chosen, componentSite, embeddings, inState, isOpen, ITEMS, openBox, WORDS } from './component-support.mjs';

test('a composition keeps its keys; words are searched during it, the API waits for its end', async (t) => {
  const asked = [];
  const body = '<exemplar-search bundle="/search/bundle.json" api="/v1/embeddings" action="/results"></exemplar-search>';
  const site = await componentSite(t, { body, bundle: await builtBundle(t, ITEMS, WORDS), routes: embeddings((text) => void asked.push(text)) });
  const page = await openBox(t, site);
  const devtools = await page.context().newCDPSession(page);
  await box(page).click();
  await devtools.send('Input.imeSetComposition', { text: '所有', selectionStart: 2, selectionEnd: 2 });
  await page.locator('exemplar-search .hit', { hasText: '所有権' }).waitFor();
  await wait(600);
  assert.deepEqual(asked, [], 'the API waits');

  // What a browser sends for keys that the input method takes.
  for (const key of ['ArrowDown', 'Enter', 'Escape', 'Tab']) {
    await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, code: key, windowsVirtualKeyCode: 229 });
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode: 229 });
    assert.equal(await chosen(page), undefined, key);
    assert.equal(await isOpen(page), true, key);
  }
  assert.equal(page.url(), site);

  await devtools.send('Input.insertText', { text: '所有権' });
  assert.equal(await box(page).inputValue(), '所有権');
  await boxHits(page);
  await inState(page, 'results');
  assert.deepEqual(asked, ['所有権'], 'the API is asked once, for what was composed');
  await page.keyboard.press('ArrowDown');
  assert.equal(await chosen(page), '所有権とは', 'after it, keys are the box\'s again');
});
