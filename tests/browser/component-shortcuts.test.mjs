import assert from 'node:assert/strict';
import test from 'node:test';
import { componentSite, isOpen, openBox, TAG } from './component-support.mjs';

const opens = (page) => page.evaluate(() => document.querySelector('exemplar-search').open);

test('Ctrl+K and / open the box once, and are left alone where something is edited, also in a shadow root', async (t) => {
  const body = `${TAG}<textarea aria-label="text"></textarea><p contenteditable="true">edit</p><div id="host"></div>`;
  const page = await openBox(t, await componentSite(t, { body }));
  await page.evaluate(() => {
    document.querySelector('#host').attachShadow({ mode: 'open' }).append(document.createElement('input'));
    document.addEventListener('exemplar-open', () => (window.opened = (window.opened ?? 0) + 1));
  });
  for (const place of ['textarea', '[contenteditable]', '#host input']) {
    await page.locator(place).focus();
    await page.keyboard.press('/');
    await page.keyboard.press('Control+k');
    assert.equal(await opens(page), false, place);
  }
  assert.equal(await page.locator('#host input').inputValue(), '/');
  for (const key of ['/', 'Control+k']) {
    await page.evaluate(() => document.querySelector('exemplar-search').close());
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press(key);
    assert.equal(await isOpen(page), true, key);
    assert.equal(await page.locator('exemplar-search input').inputValue(), '', 'the key is not typed');
  }
  assert.equal(await page.evaluate(() => window.opened), 2);
});

test('shortcuts can be others, or none', async (t) => {
  const body = '<exemplar-search bundle="/search/bundle.json" shortcuts="alt+s"></exemplar-search>';
  const page = await openBox(t, await componentSite(t, { body }));
  await page.keyboard.press('/');
  assert.equal(await opens(page), false);
  await page.keyboard.press('Alt+s');
  assert.equal(await opens(page), true);
  await page.evaluate(() => {
    const box = document.querySelector('exemplar-search');
    box.close();
    box.blur();
    box.setAttribute('shortcuts', '');
  });
  await page.keyboard.press('Alt+s');
  assert.equal(await opens(page), false);
});

test('Ctrl+K is the key K on every keyboard, and what types a k', async (t) => {
  const page = await openBox(t, await componentSite(t));
  const opensBy = (key, code, init = { ctrlKey: true }) => page.evaluate(([key, code, init]) => {
    const box = document.querySelector('exemplar-search');
    box.close();
    document.activeElement?.blur();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, ...init, bubbles: true, composed: true, cancelable: true }));
    return box.open;
  }, [key, code, init]);
  for (const [key, code] of [['k', 'KeyK'], ['K', 'KeyK'], ['k', 'KeyV'], ['л', 'KeyK'], ['Л', 'KeyK'], ['κ', 'KeyK'], ['ל', 'KeyK'], ['ㅏ', 'KeyK'], ['ن', 'KeyK']]) {
    assert.equal(await opensBy(key, code), true, `${key} on ${code}`);
  }
  assert.equal(await opensBy('л', 'KeyK', { metaKey: true }), true, 'the same with ⌘');
  // Elsewhere on the keyboard, on Dvorak's key of K, without Ctrl.
  for (const [key, code, init] of [['л', 'KeyG'], ['t', 'KeyK'], ['è', 'KeyK'], ['л', 'KeyK', {}], ['Dead', 'KeyK'], ['Process', 'KeyK']]) {
    assert.equal(await opensBy(key, code, init), false, `${key} on ${code}`);
  }
});
