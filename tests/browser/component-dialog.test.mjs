// mode="button": a button that opens field and hits in a dialog.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, box, boxHits, builtBundle, chosen, componentSite, ITEMS, openBox, WORDS } from './component-support.mjs';

const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";
const BUTTON = '<exemplar-search bundle="/search/bundle.json" mode="button" filters="tags"></exemplar-search>';
const BODY = `<p><a href="#before">before</a> ${BUTTON} <a href="#after">after</a></p><p style="height: 3000px">tall</p>`;
const phone = { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true };

const openDialog = async (t, { context, ...site } = {}) => {
  const page = await openBox(t, await componentSite(t, { body: BODY, bundle: await builtBundle(t, ITEMS, WORDS), policy, ...site }), { context, wait: '[part="button"]' });
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('dialog').waitFor();
  return page;
};
/** What has the focus, in the box or out of it. */
const focused = (page) => page.evaluate(() => {
  const { activeElement } = document;
  return (activeElement.shadowRoot?.activeElement ?? activeElement).getAttribute('part') ?? activeElement.textContent;
});
const isOpen = (page) => page.evaluate(() => document.querySelector('exemplar-search').open);

test('the button opens a dialog, which finds, goes by the keyboard alone, and gives the focus back', async (t) => {
  const page = await openDialog(t);
  assert.equal(await focused(page), 'input');
  await accessible(page);
  await page.keyboard.type('mutex');
  const [{ title, href }] = await boxHits(page);
  assert.equal(title, 'Shared state');
  await page.getByRole('status').filter({ hasText: '1 result' }).waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await chosen(page), 'Shared state');
  await accessible(page);
  // Tab goes round within, and does not close.
  const stops = [];
  for (let i = 0; i < 4; i += 1) {
    await page.keyboard.press('Tab');
    stops.push(await focused(page));
  }
  await page.getByRole('button', { name: 'Close' }).focus();
  await page.evaluate(() => addEventListener('keydown', ({ key }) => (window.leaked = key)));
  await page.keyboard.press('s');
  assert.equal(await page.evaluate(() => window.leaked), undefined, 'no shortcut of the page behind');
  assert.ok(stops.includes('close') && !stops.includes('before') && !stops.includes('after'), `${stops}`);
  assert.equal(await isOpen(page), true);
  await page.keyboard.press('Escape');
  assert.equal(await isOpen(page), false);
  assert.equal(await focused(page), 'button');
  await page.keyboard.press('Enter');
  assert.equal(await isOpen(page), true);
  assert.equal(await box(page).inputValue(), 'mutex', 'the query stays');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(href);
});

test('the page stands still behind it, and is as it was when it is closed', async (t) => {
  const page = await openDialog(t);
  const state = () => page.evaluate(() => ({ overflow: getComputedStyle(document.documentElement).overflow, left: document.querySelector('a').getBoundingClientRect().left }));
  const { overflow, left } = await state();
  assert.equal(overflow, 'hidden');
  await page.getByRole('button', { name: 'Close' }).click();
  const closed = await state();
  assert.equal(closed.overflow, 'visible');
  assert.ok(Math.abs(closed.left - left) < 1, 'nothing moves aside');
  // Taken out of the page while it is open, as by a site's navigation.
  await page.getByRole('button', { name: 'Search' }).click();
  await page.evaluate(() => document.querySelector('exemplar-search').remove());
  await page.waitForFunction(() => getComputedStyle(document.documentElement).overflow === 'visible');
});

test('it closes by a click beside it, not by text selected that ends there, and not where the page forbids', async (t) => {
  const page = await openDialog(t);
  await page.keyboard.type('mutex');
  const field = await page.locator('exemplar-search input').boundingBox();
  await page.mouse.move(field.x + 20, field.y + field.height / 2);
  await page.mouse.down();
  await page.mouse.move(5, 400);
  await page.mouse.up();
  assert.equal(await isOpen(page), true);
  await page.evaluate(() => document.addEventListener('exemplar-close', (event) => event.preventDefault(), { once: true }));
  await page.mouse.click(5, 400);
  assert.equal(await isOpen(page), true);
  await page.mouse.click(5, 400);
  assert.equal(await isOpen(page), false);
});

test('the shortcut opens it from anywhere, and it is moved and changed while it is open', async (t) => {
  const page = await openDialog(t);
  await page.keyboard.press('Escape');
  await page.getByText('after').focus();
  await page.keyboard.press('Control+k');
  assert.equal(await focused(page), 'input');
  await page.keyboard.type('threads');
  await boxHits(page);
  await page.evaluate(() => document.body.append(document.querySelector('exemplar-search')));
  assert.equal(await isOpen(page), true);
  assert.equal(await focused(page), 'input');
  await page.keyboard.press('Escape');
  await page.evaluate(() => document.querySelector('exemplar-search').removeAttribute('mode'));
  await box(page).click();
  assert.equal((await boxHits(page)).length, 3, 'a field with the same query');
  await page.evaluate(() => document.querySelector('exemplar-search').setAttribute('mode', 'button'));
  assert.equal(await isOpen(page), false);
  await page.getByRole('button', { name: 'Search' }).click();
  assert.equal((await boxHits(page)).length, 3);
});

test('on a phone it has the screen to itself, and the button is an icon that a finger hits', async (t) => {
  const page = await openDialog(t, { context: phone });
  await page.keyboard.type('threads');
  await boxHits(page);
  const { x, y, width, height } = await page.locator('exemplar-search dialog').boundingBox();
  assert.deepEqual([x, y, width, height], [0, 0, 320, 568]);
  const input = await page.locator('exemplar-search input').evaluate((input) => getComputedStyle(input).fontSize);
  assert.ok(parseFloat(input) >= 16, 'or phones zoom into it');
  await accessible(page);
  await page.getByRole('button', { name: 'Close' }).tap();
  const button = await page.locator('exemplar-search [part="button"]').boundingBox();
  assert.ok(button.width >= 44 && button.height >= 44 && button.width < 60, JSON.stringify(button));
});

for (const [name, html] of [['zoom on html', 'lang="en" style="zoom: 1.5"'], ['zoom on html, small', 'lang="en" style="zoom: 0.7"']]) {
  test(`it is within the screen: ${name}`, async (t) => {
    const page = await openDialog(t, { html });
    await page.keyboard.type('threads');
    await boxHits(page);
    const { x, y, width, height } = await page.locator('exemplar-search dialog').boundingBox();
    const screen = page.viewportSize();
    assert.ok(x > 0 && y > 0 && y + height < screen.height, JSON.stringify({ x, y, width, height }));
    assert.ok(Math.abs(x + width / 2 - screen.width / 2) < 20, 'in the middle');
  });
}

test('more hits follow those that there are, by pointer and by key', async (t) => {
  const items = Array.from({ length: 21 }, (_, i) => ({ title: `Harbour ${i + 1}`, url: `${i}.html`, text: `The harbour number ${i + 1} is open.` }));
  const body = '<exemplar-search bundle="/search/bundle.json" method="lexical"></exemplar-search>';
  const page = await openBox(t, await componentSite(t, { body, bundle: await builtBundle(t, items, WORDS) }));
  const rows = page.locator('exemplar-search .hit');
  await box(page).click();
  await page.keyboard.type('harbour');
  const titles = (await boxHits(page)).map(({ title }) => title);
  assert.equal(titles.length, 8);
  await page.getByText('8 results', { exact: true }).first().waitFor();
  await page.evaluate(() => (window.first = document.querySelector('exemplar-search').shadowRoot.querySelector('.hit')));
  await page.getByRole('button', { name: 'More results' }).click();
  await rows.nth(15).waitFor();
  assert.deepEqual((await boxHits(page)).map(({ title }) => title).slice(0, 8), titles);
  assert.ok(await page.evaluate(() => window.first.isConnected), 'the rows stay');
  // From the field, up leads to the last row.
  await page.keyboard.press('ArrowUp');
  assert.equal(await chosen(page), 'More results');
  await page.keyboard.press('Enter');
  await rows.nth(20).waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await chosen(page), (await boxHits(page))[16].title, 'on from where the reader was');
  assert.equal(await page.getByRole('button', { name: 'More results' }).count(), 0);
  await accessible(page);
  await page.keyboard.type(' open');
  await rows.nth(8).waitFor({ state: 'detached' });
  assert.equal((await boxHits(page)).length, 8, 'of another query the first again');
});
