// What a page's CSS does to the box: nothing, but for its direction, language, font and colour scheme.

import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, builtBundle, componentSite, ITEMS, openBox, TAG, type, WORDS } from './component-support.mjs';

const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";
/** What a page may say of everything in it, each by a rule that beats others. */
const ODD = `html { font-size: 62.5% } ${['html', 'body', '*'].map((who) => `${who} {
  white-space: pre !important; letter-spacing: 1em !important; word-spacing: 2em !important; text-transform: uppercase !important;
  line-height: 4 !important; word-break: break-all !important; line-break: anywhere !important; overflow-wrap: normal !important;
  text-wrap: nowrap !important; hyphens: auto !important; tab-size: 20 !important; text-indent: 5em !important; text-align: right !important;
  text-align-last: center !important; text-shadow: 1px 1px red !important; text-emphasis: sesame red !important; text-rendering: geometricPrecision !important;
  text-underline-position: under !important; font-style: italic !important; font-weight: 900 !important; font-variant: small-caps !important;
  font-kerning: none !important; font-feature-settings: "smcp" !important; font-size-adjust: 1 !important; font-stretch: condensed !important;
  color: red !important; -webkit-text-fill-color: red !important; -webkit-text-stroke: 2px red !important; caret-color: red !important;
  accent-color: red !important; cursor: crosshair !important; list-style: square inside !important; quotes: "x" "y" !important;
  border-collapse: collapse !important; border-spacing: 9px !important; empty-cells: hide !important; caption-side: bottom !important;
  orphans: 9 !important; widows: 9 !important; image-rendering: pixelated !important; fill: red !important; stroke: red !important;
  stroke-width: 9px !important; stroke-dasharray: 1 !important; stroke-linecap: square !important; user-select: none !important;
  box-sizing: content-box !important; text-orientation: upright !important; speak: none !important; -webkit-font-smoothing: antialiased !important;
}`).join('')} body { font-size: 3rem } exemplar-search { font-size: 4rem }`;
/** Depends on where the box stands and how wide it is. */
const LAYOUT = /size$|width$|height$|^(transform|perspective)-origin$|^(inset|top|bottom|left|right)\b|^--_/;

/** The computed styles of all that the box shows, by element. */
const styles = (page) => page.locator('exemplar-search').evaluate(({ shadowRoot }, layout) => [...shadowRoot.querySelectorAll('*')].map((element) => {
  const computed = getComputedStyle(element);
  const values = [...computed].filter((name) => name === 'font-size' || name === 'stroke-width' || !new RegExp(layout).test(name)).map((name) => [name, computed.getPropertyValue(name)]);
  return { name: `${element.localName}.${element.getAttribute('class') ?? ''}`, values: Object.fromEntries(values) };
}), LAYOUT.source);

test('no inherited property, and no rule for all elements, reaches into the box', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  const [plain, odd] = await Promise.all(['', `<style>${ODD}</style>`].map(async (style) => {
    const page = await openBox(t, await componentSite(t, { body: style + TAG, bundle, policy }));
    await type(page, 'mutex');
    await boxHits(page);
    await page.mouse.move(0, 0);
    return styles(page);
  }));
  assert.equal(odd.length, plain.length);
  const differing = odd.flatMap(({ name, values }, i) =>
    Object.keys(values).filter((property) => values[property] !== plain[i].values[property])
      .map((property) => `${name} ${property}: ${values[property]}, not ${plain[i].values[property]}`));
  assert.deepEqual(differing, []);
});

test('its text is as large as the reader has it, or as the site says', async (t) => {
  const body = `<style>html { font-size: 62.5% } body { font-size: 1.6rem }</style>${TAG}`;
  const page = await openBox(t, await componentSite(t, { body, policy }));
  const size = (selector) => page.locator(`exemplar-search ${selector}`).evaluate((element) => getComputedStyle(element).fontSize);
  assert.deepEqual([await size('.box'), await size('input')], ['16px', '16px']);
  await page.addStyleTag({ content: 'exemplar-search { --exemplar-font-size: 20px }' });
  assert.deepEqual([await size('.box'), await size('input')], ['20px', '20px']);
});

test('it keeps the direction, language, font, visibility and colour scheme of the page', async (t) => {
  const html = 'lang="zh-Hant" dir="rtl" style="font-family: Courier; color-scheme: dark; visibility: hidden"';
  const page = await componentSite(t, { html, policy }).then((address) => openBox(t, address, { before: (page) => page.addInitScript(() => {
    // The box is hidden: there is nothing to wait for but its upgrade.
    addEventListener('DOMContentLoaded', () => setTimeout(() => (document.documentElement.style.visibility = ''), 500));
  }) }));
  const [kept, locale] = await page.locator('exemplar-search').evaluate((host) => {
    const { direction, fontFamily, colorScheme } = getComputedStyle(host.shadowRoot.querySelector('.field'));
    return [{ direction, fontFamily, colorScheme }, getComputedStyle(host.shadowRoot.querySelector('input')).webkitLocale];
  });
  assert.deepEqual(kept, { direction: 'rtl', fontFamily: 'Courier', colorScheme: 'dark' });
  assert.match(locale, /zh-Hant/i);
});

/** Where the field and the open panel are, in pixels of the screen. */
async function places(page) {
  await page.locator('exemplar-search .panel').waitFor();
  // The panel follows with the next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const [field, panel] = await Promise.all(['.field', '.panel'].map((part) => page.locator(`exemplar-search ${part}`).boundingBox()));
  const { width, height } = page.viewportSize();
  assert.ok(panel.x >= 0 && panel.y >= 0 && panel.x + panel.width <= width && panel.y + panel.height <= height, `${JSON.stringify(panel)} is within ${width} by ${height}`);
  return { field, panel };
}

const header = (style, css = '') => `<style>body { margin: 40px } ${css}</style><header style="${style}"><div style="width: 300px; margin-left: 100px">${TAG}</div></header>
  <p style="height: 3000px">tall</p>`;

for (const [name, html, body] of [
  ['zoom on html', 'lang="en" style="zoom: 1.5"', header('')],
  ['zoom on body', 'lang="en"', header('position: sticky; top: 0; overflow: hidden; transform: translateZ(0); z-index: 9999', 'body { zoom: 1.5 }')],
  ['zoom on both', 'lang="en" style="zoom: 0.8"', header('', 'body { zoom: 1.25 }')],
  ['zoom on a header', 'lang="en"', header('zoom: 0.75')],
  ['a scaled header', 'lang="en"', header('transform: translate(30px, 20px) scale(1.2); transform-origin: 0 0')],
  ['a header that is cut off and contained', 'lang="en"', header('overflow: hidden; contain: layout paint; filter: blur(0); will-change: transform; perspective: 100px')],
]) {
  test(`the panel begins where its field does: ${name}`, async (t) => {
    const page = await openBox(t, await componentSite(t, { html, body, bundle: await builtBundle(t, ITEMS, WORDS), policy }));
    await type(page, 'threads');
    await boxHits(page);
    for (const scroll of [0, 60]) {
      await page.evaluate((scroll) => scrollTo(0, scroll), scroll);
      const { field, panel } = await places(page);
      assert.ok(Math.abs(panel.x - field.x) <= 2, `${panel.x} and ${field.x}`);
      assert.ok(Math.abs(panel.y - field.y - field.height - 6) <= 2, `${panel.y} below ${field.y + field.height}`);
    }
  });
}

test('the panel stays at its field, which moves without a scroll, and goes with a box that is moved in the page', async (t) => {
  const body = `<header id="header" style="transition: padding 0.1s">${TAG}</header><footer id="other" style="margin-top: 300px"></footer>`;
  const page = await openBox(t, await componentSite(t, { body, bundle: await builtBundle(t, ITEMS, WORDS), policy }));
  await type(page, 'threads');
  await boxHits(page);
  const before = await places(page);
  await page.evaluate(() => (document.querySelector('#header').style.paddingTop = '120px'));
  await page.waitForTimeout(200);
  const later = await places(page);
  assert.ok(Math.abs(later.field.y - before.field.y - 120) <= 1);
  assert.ok(Math.abs(later.panel.y - before.panel.y - 120) <= 1);
  await page.evaluate(() => document.querySelector('#other').append(document.querySelector('exemplar-search')));
  const moved = await places(page);
  assert.ok(Math.abs(moved.panel.x - moved.field.x) <= 2);
  assert.ok(await box(page).evaluate((input) => input.getRootNode().activeElement === input), 'the reader goes on typing');
  await page.keyboard.type(' channel');
  assert.equal(await box(page).inputValue(), 'threads channel');
});

for (const [name, viewport] of [['a small phone', { width: 320, height: 568 }], ['a page at 400%', { width: 320, height: 256 }], ['a phone on its side', { width: 568, height: 320 }]]) {
  test(`the panel is within the screen, and its hits can be read: ${name}`, async (t) => {
    const body = `<header style="display: flex; gap: 1rem"><b>Documentation</b>${TAG}</header>`;
    const page = await openBox(t, await componentSite(t, { body, bundle: await builtBundle(t, ITEMS, WORDS), policy }), { context: { viewport } });
    await type(page, 'threads');
    await boxHits(page);
    await places(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    await page.keyboard.press('ArrowDown');
    const list = await page.locator('exemplar-search .list').boundingBox();
    const cell = await page.locator('exemplar-search [aria-selected]').boundingBox();
    assert.ok(cell.y >= list.y - 1 && cell.y < list.y + list.height, 'what is chosen is in sight');
  });
}
