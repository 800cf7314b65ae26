// Pictures of the search box; screenshots.mjs takes them with those of the page.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { DIST } from './support.mjs';
import { boxHits, builtBundle, componentSite, ITEMS, openBox, POLICY } from './component-support.mjs';

const desktop = { viewport: { width: 1000, height: 760 } };
const phone = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const narrow = { ...phone, viewport: { width: 320, height: 640 } };
const dark = { colorScheme: 'dark' };
const FILTERS = '<exemplar-search bundle="/search/bundle.json" filters="lang tags" suggestions="share a value | publish the site" recent></exemplar-search>';
const BUTTON = '<exemplar-search bundle="/search/bundle.json" mode="button"></exemplar-search>';
const NIGHT = 'lang="en" data-theme="dark"';
const PAGE = '<exemplar-search bundle="/search/bundle.json" mode="page" filters="lang tags"></exemplar-search>';

/** @type {Record<string, { context: object, query?: string, html?: string, body?: string, small?: boolean, site?: string, keys?: string[], fail?: boolean, closed?: boolean }>} `closed`: the button before it is pressed */
const pictures = {
  'box-desktop': { context: desktop, query: 'share data between threads', keys: ['ArrowDown', 'ArrowDown'] },
  'box-idle': { context: desktop, body: FILTERS, small: true },
  'box-dark': { context: { ...desktop, ...dark }, query: 'share data between threads', keys: ['ArrowDown'] },
  'box-forced-colours': { context: { ...desktop, forcedColors: 'active' }, query: 'mutex', keys: ['ArrowDown'] },
  'box-phone': { context: phone, query: 'share data between threads' },
  'box-phone-dark': { context: { ...phone, ...dark }, query: 'share data', body: FILTERS, small: true },
  'box-japanese': { context: desktop, html: 'lang="ja"', query: '値を共有', body: FILTERS, small: true, keys: ['ArrowDown', 'ArrowRight'] },
  'box-japanese-phone-dark': { context: { ...phone, ...dark }, html: 'lang="ja"', query: 'ネットワークの設定', site: 'debian-reference-ja' },
  'box-button': { context: desktop, body: BUTTON, html: NIGHT, closed: true },
  'box-button-phone': { context: narrow, body: BUTTON, closed: true },
  'box-dialog': { context: desktop, body: BUTTON, query: 'share data between threads', keys: ['ArrowDown'] },
  'box-dialog-dark': { context: desktop, body: BUTTON, html: NIGHT, query: 'share data' },
  'box-dialog-phone': { context: narrow, body: BUTTON, query: 'share data' },
  'box-dialog-phone-rtl': { context: narrow, html: 'lang="ar" dir="rtl"', body: BUTTON, query: 'threads', keys: ['ArrowDown'] },
  'box-dialog-japanese': { context: desktop, html: 'lang="ja"', body: BUTTON, query: 'ネットワークの設定', site: 'debian-reference-ja' },
  'box-narrow': { context: narrow, query: 'share data' },
  'box-more': { context: desktop, html: 'lang="de"', query: 'threads', keys: ['ArrowUp'] },
  'box-zoomed': { context: desktop, html: 'lang="en" style="zoom: 1.5"', query: 'share data' },
  'box-wrong': { context: desktop, html: 'lang="he" dir="rtl"', body: '<exemplar-search bundle="/search/bundle.json" limit="few"></exemplar-search>', query: 'threads', fail: true },
  'box-rtl': { context: desktop, html: 'lang="ar" dir="rtl"', query: 'threads', keys: ['ArrowDown', 'ArrowLeft'] },
  'box-filters': { context: desktop, query: 'threads', body: FILTERS, small: true },
  'box-none': { context: desktop, query: 'zygote xylophone' },
  'box-failed': { context: desktop, query: 'threads', fail: true },
  'box-page': { context: desktop, query: 'threads', body: PAGE, small: true },
  'box-page-phone': { context: phone, query: 'threads', body: PAGE, small: true },
};

/** @param {string} folder */
export function takeComponentPictures(folder) {
  for (const [name, { context, query, html, body, small, site, keys = [], fail, closed }] of Object.entries(pictures)) {
    test(name, async (t) => {
      const bundle = fail ? '{' : small ? await builtBundle(t, ITEMS) : site ? await readFile(join(DIST, 'bundles', `${site}.json`)) : undefined;
      const page = await openBox(t, await componentSite(t, { html, body, bundle, policy: POLICY.replace('default', "style-src 'unsafe-inline'; default") }), { context, wait: '.box > *' });
      const [input, button] = ['input', '.opener'].map((part) => page.locator(`exemplar-search ${part}`).first());
      if (!closed) await (await button.count() ? button : input).click();
      if (query) await input.fill(query);
      if (query && !fail && !name.includes('none')) await boxHits(page);
      for (const key of keys) await page.keyboard.press(key);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    });
  }
}
