// Pictures of the search box; screenshots.mjs takes them with those of the page.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { DIST } from './support.mjs';
import { boxHits, builtBundle, componentSite, ITEMS, openBox } from './component-support.mjs';

const desktop = { viewport: { width: 1000, height: 760 } };
const phone = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const dark = { colorScheme: 'dark' };
const FILTERS = '<exemplar-search bundle="/search/bundle.json" filters="lang tags" suggestions="share a value | publish the site" recent></exemplar-search>';
const PAGE = '<exemplar-search bundle="/search/bundle.json" mode="page" filters="lang tags"></exemplar-search>';

/** @type {Record<string, { context: object, query?: string, html?: string, body?: string, small?: boolean, site?: string, keys?: string[], fail?: boolean }>} */
const pictures = {
  'box-desktop': { context: desktop, query: 'share data between threads', keys: ['ArrowDown', 'ArrowDown'] },
  'box-idle': { context: desktop, body: FILTERS, small: true },
  'box-dark': { context: { ...desktop, ...dark }, query: 'share data between threads', keys: ['ArrowDown'] },
  'box-forced-colours': { context: { ...desktop, forcedColors: 'active' }, query: 'mutex', keys: ['ArrowDown'] },
  'box-phone': { context: phone, query: 'share data between threads' },
  'box-phone-dark': { context: { ...phone, ...dark }, query: 'share data', body: FILTERS, small: true },
  'box-japanese': { context: desktop, html: 'lang="ja"', query: '値を共有', body: FILTERS, small: true, keys: ['ArrowDown', 'ArrowRight'] },
  'box-japanese-phone-dark': { context: { ...phone, ...dark }, html: 'lang="ja"', query: 'ネットワークの設定', site: 'debian-reference-ja' },
  'box-rtl': { context: desktop, html: 'lang="ar" dir="rtl"', query: 'threads', keys: ['ArrowDown', 'ArrowLeft'] },
  'box-filters': { context: desktop, query: 'threads', body: FILTERS, small: true },
  'box-none': { context: desktop, query: 'zygote xylophone' },
  'box-failed': { context: desktop, query: 'threads', fail: true },
  'box-page': { context: desktop, query: 'threads', body: PAGE, small: true },
  'box-page-phone': { context: phone, query: 'threads', body: PAGE, small: true },
};

/** @param {string} folder */
export function takeComponentPictures(folder) {
  for (const [name, { context, query, html, body, small, site, keys = [], fail }] of Object.entries(pictures)) {
    test(name, async (t) => {
      const bundle = fail ? '{' : small ? await builtBundle(t, ITEMS) : site ? await readFile(join(DIST, 'bundles', `${site}.json`)) : undefined;
      const page = await openBox(t, await componentSite(t, { html, body, bundle }), { context });
      const input = page.locator('exemplar-search input').first();
      await input.click();
      if (query) await input.fill(query);
      if (query && !fail && !name.includes('none')) await boxHits(page);
      for (const key of keys) await page.keyboard.press(key);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    });
  }
}
