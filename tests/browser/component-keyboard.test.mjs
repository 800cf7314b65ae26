import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, builtBundle, chosen, componentSite, isOpen, ITEMS, openBox, type, WORDS } from './component-support.mjs';

const BODY = '<exemplar-search bundle="/search/bundle.json" filters="tags"></exemplar-search><p><a href="/after">after</a></p>';

test('arrows choose, Enter opens, with a modifier in a new tab', async (t) => {
  const site = await componentSite(t, { body: BODY, bundle: await builtBundle(t, ITEMS, WORDS) });
  const page = await openBox(t, site);
  await type(page, 'threads');
  const [first, second] = await boxHits(page);
  const press = async (key, expected) => {
    await page.keyboard.press(key);
    assert.equal(await chosen(page), expected, `after ${key}`);
  };
  assert.equal(await chosen(page), undefined, 'nothing is chosen by itself');
  await press('ArrowDown', first.title);
  await press('ArrowDown', second.title);
  await press('ArrowRight', `More like “${second.title}”`);
  await press('ArrowRight', `Less like “${second.title}”`);
  await press('ArrowRight', `Less like “${second.title}”`);
  await press('ArrowUp', first.title);
  await press('ArrowUp', 'threads 2');
  await press('ArrowUp', undefined);
  await press('ArrowUp', (await boxHits(page)).at(-1).title);
  assert.ok(await box(page).evaluate((input) => input.getRootNode().activeElement === input), 'the focus never left the input');

  await press('ArrowDown', undefined);
  await press('ArrowDown', first.title);
  const [tab] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Control+Enter')]);
  await tab.waitForURL(first.href);
  assert.equal(page.url(), site);
  assert.equal(await isOpen(page), true, 'and the box stays as it is');
  await page.bringToFront();
  await page.keyboard.press('Enter');
  await page.waitForURL(first.href);
});

test('Escape closes, then clears, then is the page\'s; Tab leaves', async (t) => {
  const page = await openBox(t, await componentSite(t, { body: BODY, bundle: await builtBundle(t, ITEMS, WORDS) }));
  await page.evaluate(() => {
    window.keys = [];
    addEventListener('keydown', ({ key }) => window.keys.push(key));
  });
  await type(page, 'threads');
  await boxHits(page);
  await page.keyboard.press('Escape');
  assert.deepEqual([await isOpen(page), await box(page).inputValue()], [false, 'threads']);
  await page.keyboard.press('Escape');
  assert.equal(await box(page).inputValue(), '');
  assert.ok(!(await page.evaluate(() => window.keys)).includes('Escape'));
  await page.keyboard.press('Escape');
  assert.ok((await page.evaluate(() => window.keys)).includes('Escape'));

  await type(page, 'threads');
  await boxHits(page);
  await page.keyboard.press('Tab');
  assert.equal(await isOpen(page), false);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'after');
});

test('Enter with nothing chosen opens the first hit, or the results page where there is one', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  const page = await openBox(t, await componentSite(t, { bundle }));
  await type(page, 'mutex');
  const [{ href }] = await boxHits(page);
  await page.keyboard.press('Enter');
  await page.waitForURL(href);

  const body = '<exemplar-search bundle="/search/bundle.json" action="/results" param="query"></exemplar-search>';
  const other = await openBox(t, await componentSite(t, { body, bundle }));
  await type(other, 'mutex');
  await other.keyboard.press('Enter');
  await other.waitForURL(/\/results\?query=mutex$/);
});

test('what is typed into the box is no shortcut of the page, other keys still are', async (t) => {
  const site = await componentSite(t, { body: BODY, bundle: await builtBundle(t, ITEMS, WORDS) });
  const page = await openBox(t, site);
  // As pages do that have shortcuts: mdBook opens its own search on "s", and turns to the next chapter on an arrow.
  await page.evaluate(() => {
    globalThis.seen = [];
    for (const type of ['keydown', 'keypress', 'keyup']) {
      document.addEventListener(type, ({ key, target }) => target.tagName !== 'INPUT' && globalThis.seen.push(key));
    }
  });
  await type(page, 'threads s/?');
  for (const key of ['ArrowRight', 'ArrowDown', 'Backspace', 'Home', 'PageDown']) await page.keyboard.press(key);
  assert.deepEqual(await page.evaluate(() => globalThis.seen), []);
  await page.keyboard.press('Alt+s');
  await page.keyboard.press('F2');
  assert.deepEqual(new Set(await page.evaluate(() => globalThis.seen)), new Set(['Alt', 's', 'F2']));
});

test('what is typed is kept even from handlers that take keys on their way down, and Escape while it is ours', async (t) => {
  const page = await openBox(t, await componentSite(t, { body: BODY, bundle: await builtBundle(t, ITEMS, WORDS) }));
  await page.evaluate(() => {
    globalThis.seen = [];
    for (const type of ['keydown', 'keypress', 'keyup']) addEventListener(type, ({ key }) => type === 'keydown' && globalThis.seen.push(key), true);
  });
  const seen = () => page.evaluate(() => globalThis.seen.splice(0));
  await type(page, 'threads s/?');
  for (const key of ['ArrowRight', 'Backspace', 'Backspace', 'Backspace', 'Home', 'PageDown']) await page.keyboard.press(key);
  await boxHits(page);
  await page.keyboard.press('ArrowDown');
  assert.equal(await chosen(page), 'Shared state', 'each key still does what it does');
  await page.keyboard.press('Escape');
  assert.equal(await isOpen(page), false);
  assert.deepEqual(await seen(), []);
  await page.keyboard.press('Control+b');
  await page.keyboard.press('F2');
  assert.deepEqual(await seen(), ['Control', 'b', 'F2']);
  // A browser that fills in a form, and AltGr, which writes.
  await box(page).evaluate((input) => {
    input.dispatchEvent(new Event('keydown', { bubbles: true, composed: true }));
    input.dispatchEvent(new KeyboardEvent('keydown', { key: '@', ctrlKey: true, altKey: true, modifierAltGraph: true, bubbles: true, composed: true }));
  });
  assert.deepEqual(await seen(), [undefined], 'the first is no key');
});

test('handlers that were there before, and spare what is edited, can tell that the box is', async (t) => {
  const early = `<script>window.seen = [];
    addEventListener('keydown', ({ key, target }) => target.isContentEditable || document.activeElement.isContentEditable || window.seen.push(key), true)</script>`;
  const body = `${early}${BODY}`;
  const page = await openBox(t, await componentSite(t, { body, bundle: await builtBundle(t, ITEMS, WORDS), policy: "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'" }));
  await type(page, 's/');
  await page.getByText('after').focus();
  await page.keyboard.press('s');
  assert.deepEqual(await page.evaluate(() => window.seen), ['s'], 'the last one, outside of the box');
});
