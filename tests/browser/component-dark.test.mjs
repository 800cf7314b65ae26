// Whether the box is dark where the page is, by the switches that themes have.

import assert from 'node:assert/strict';
import test from 'node:test';
import { componentSite, openBox, TAG } from './component-support.mjs';

const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";
const LIGHT = 'rgb(255, 255, 255)';
const DARK = 'rgb(30, 29, 27)';

/** Whether the box is dark: by its paper, which `light-dark()` chooses. */
const isDark = async (page) => {
  const paper = await page.locator('exemplar-search .field').evaluate((field) => getComputedStyle(field).backgroundColor);
  assert.ok([LIGHT, DARK].includes(paper), paper);
  return paper === DARK;
};

/** What a theme does to be light, and to be dark; the reader's system is the other way round. */
const SWITCHES = {
  'Docusaurus, Starlight': [`document.documentElement.dataset.theme = 'light'`, `document.documentElement.dataset.theme = 'dark'`],
  'Furo': [`document.body.dataset.theme = 'light'`, `document.body.dataset.theme = 'dark'`],
  'MkDocs Material, Zensical': [`document.body.setAttribute('data-md-color-scheme', 'default')`, `document.body.setAttribute('data-md-color-scheme', 'slate')`],
  'mdBook': [`document.documentElement.className = 'js sidebar-visible light'`, `document.documentElement.className = 'js sidebar-visible navy'`],
  'mdBook, its other themes': [`document.documentElement.className = 'rust'`, `document.documentElement.className = 'ayu'`],
  'mdBook, coal': [`document.documentElement.className = 'light'`, `document.documentElement.className = 'coal'`],
  'Bootstrap': [`document.documentElement.dataset.bsTheme = 'light'`, `document.documentElement.dataset.bsTheme = 'dark'`],
  'Chirpy': [`document.documentElement.dataset.mode = 'light'`, `document.documentElement.dataset.mode = 'dark'`],
  'GitHub': [`document.documentElement.dataset.colorMode = 'light'`, `document.documentElement.dataset.colorMode = 'dark'`],
  'a class of the body': [`document.body.className = 'light-theme'`, `document.body.className = 'dark-theme'`],
  'color-scheme': [`document.documentElement.style.colorScheme = 'light'`, `document.documentElement.style.colorScheme = 'dark'`],
  'the attribute of an element around': [`document.querySelector('main').dataset.theme = 'light'`, `document.querySelector('main').dataset.theme = 'dark'`],
  'a theme of another name': [`document.documentElement.dataset.theme = 'default'; document.documentElement.style.colorScheme = 'light'`,
    `document.documentElement.dataset.theme = 'default'; document.documentElement.style.colorScheme = 'dark'`],
  'the box itself': [`document.querySelector('exemplar-search').dataset.theme = 'light'`, `document.querySelector('exemplar-search').dataset.theme = 'dark'`],
};

test('it follows the switch of each theme, also while it is there', async (t) => {
  const site = await componentSite(t, { policy });
  for (const [colorScheme, dark] of [['dark', false], ['light', true]]) {
    const page = await openBox(t, site, { context: { colorScheme } });
    for (const [theme, [light, night]] of Object.entries(SWITCHES)) {
      await page.goto(site);
      await page.locator('exemplar-search .field').waitFor();
      assert.equal(await isDark(page), !dark, `${theme}, before: as the system, which is ${colorScheme}`);
      await page.evaluate(dark ? night : light);
      assert.equal(await isDark(page), dark, theme);
    }
  }
});

test('where the page follows the system, so does the box', async (t) => {
  const site = await componentSite(t, { html: 'lang="en" data-theme="auto"', policy });
  const page = await openBox(t, site, { context: { colorScheme: 'dark' } });
  assert.equal(await isDark(page), true);
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(await isDark(page), false);
});

// VitePress and Tailwind: dark is a class, light is none, and `color-scheme` is not said while it is light.
test('a page that says nothing is as dark as its paper, or light', async (t) => {
  const body = `<script>document.querySelector('meta[name="color-scheme"]').remove()</script><style>.dark { color-scheme: dark } .midnight { background: oklch(0.2 0.03 260); transition: background 0.2s } .ink { background: #111 }</style>${TAG}`;
  const page = await openBox(t, await componentSite(t, { body, policy }), { context: { colorScheme: 'dark' } });
  const as = async (name) => {
    await page.evaluate((name) => (document.documentElement.className = name), name);
    await page.waitForTimeout(700);
    return isDark(page);
  };
  assert.deepEqual([await as(''), await as('dark'), await as(''), await as('midnight'), await as('ink'), await as('')], [false, true, false, true, true, false]);
});

test('`dark` names the switch where it is another', async (t) => {
  const body = '<exemplar-search bundle="/search/bundle.json" dark="html[tone=night], .pitch *"></exemplar-search>';
  const page = await openBox(t, await componentSite(t, { body, policy }), { context: { colorScheme: 'dark' } });
  assert.equal(await isDark(page), false);
  await page.evaluate(() => document.documentElement.setAttribute('tone', 'night'));
  assert.equal(await isDark(page), true);
  await page.evaluate(() => document.documentElement.setAttribute('tone', 'day'));
  assert.equal(await isDark(page), false);
  await page.evaluate(() => (document.body.className = 'pitch'));
  assert.equal(await isDark(page), true);
});

test('a box that is moved follows what is around it there', async (t) => {
  const body = `<div id="here" data-theme="light">${TAG}</div><div id="there" data-theme="dark"></div>`;
  const page = await openBox(t, await componentSite(t, { body, policy }));
  assert.equal(await isDark(page), false);
  await page.evaluate(() => document.querySelector('#there').append(document.querySelector('exemplar-search')));
  assert.equal(await isDark(page), true);
  await page.evaluate(() => (document.querySelector('#here').dataset.theme = 'dark'));
  await page.evaluate(() => (document.querySelector('#there').dataset.theme = 'light'));
  assert.equal(await isDark(page), false);
});
