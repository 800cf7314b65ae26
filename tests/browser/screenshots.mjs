// Pictures of the page, to be looked at: node tests/browser/screenshots.mjs [FOLDER, default target/screenshots]
// Needs the same environment as the tests (see support.mjs), and a Japanese font on this machine.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { takeComponentPictures } from './component-screenshots.mjs';
import { marks, panel } from './panel-support.mjs';
import { hits, open, serve, THREADS } from './support.mjs';

const folder = process.argv[2] ?? 'target/screenshots';
const threads = `?q=${encodeURIComponent(THREADS)}`;
const japanese = `?q=${encodeURIComponent('スレッド間でデータを共有するには')}`;
// At rest: a hit on its way to another place would stand on others.
const still = { reducedMotion: 'reduce' };
const desktop = { ...still, viewport: { width: 1360, height: 860 } };
const phone = { ...still, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const dark = { colorScheme: 'dark' };
const withExamples = `${threads}&C=32&more=ch16-03-shared-state.html&less=ch15-01-box.html&less=ch15-04-rc.html`;
/** Has the reader keep examples, and come back. */
const comeBack = async (page) => {
  await page.locator('#keep-examples').click();
  await page.goto(new URL('.', page.url()).href);
  await page.locator('#for-you').waitFor();
};
const scrolled = (page) => page.locator('[data-method="svm"] .hit').nth(1).evaluate((hit) => scrollTo(0, hit.getBoundingClientRect().top - 250));

/** @type {Record<string, { address: string, context: object, then?: (page: import('playwright-core').Page) => unknown, full?: boolean, of?: string }>} `of` is the id of the section to take alone */
const pictures = {
  'desktop-start': { address: '', context: desktop },
  'desktop-hits': { address: threads, context: desktop, then: (page) => page.locator('[data-method="svm"] .hit').nth(2).hover() },
  'desktop-whole': { address: threads, context: desktop, then: (page) => everything(page), full: true },
  'desktop-dark': { address: threads, context: { ...desktop, ...dark } },
  'desktop-start-dark': { address: '', context: { ...desktop, ...dark } },
  'desktop-examples': { address: withExamples, context: desktop, then: (page) => page.locator('[data-method="svm"] .hit').first().hover() },
  'desktop-examples-dark': { address: withExamples, context: { ...desktop, ...dark } },
  'desktop-for-you': { address: withExamples, context: desktop, then: comeBack },
  'desktop-similar': { address: '?similar=ch16-03-shared-state.html', context: desktop },
  'desktop-settings': { address: threads, context: desktop, then: (page) => page.locator('#open-settings').click() },
  'desktop-forced-colours': { address: withExamples, context: { ...desktop, forcedColors: 'active' }, then: (page) => page.locator('[data-method="svm"] .hit').first().hover() },
  'japanese': { address: japanese, context: { ...desktop, locale: 'ja' } },
  'japanese-examples': { address: withExamples, context: { ...desktop, locale: 'ja' } },
  'tablet': { address: threads, context: { ...still, viewport: { width: 820, height: 1100 } } },
  'phone-start': { address: '', context: phone },
  'phone-whole': { address: `${threads}&k=3`, context: phone, then: (page) => everything(page), full: true },
  'phone-examples': { address: `${withExamples}&k=3`, context: phone },
  'phone-cost': { address: `${withExamples}&k=3`, context: phone, then: scrolled },
  'phone-dark': { address: threads, context: { ...phone, ...dark } },
  'phone-japanese': { address: threads, context: { ...phone, locale: 'ja' } },
  'map': { address: threads, context: desktop, then: (page) => marks(page), of: 'map' },
  'map-zoomed-dark': { address: threads, context: { ...desktop, ...dark }, then: (page) => zoom(page), of: 'map' },
  'map-site': { address: threads, context: desktop, then: (page) => ofTheSite(page), of: 'map' },
  'map-table': { address: threads, context: desktop, then: (page) => table(page), of: 'map' },
  'map-without-search': { address: '', context: desktop, then: (page) => panel(page, 'map'), of: 'map' },
  'map-forced-colours': { address: threads, context: { ...desktop, forcedColors: 'active' }, then: (page) => marks(page), of: 'map' },
  'map-phone': { address: threads, context: phone, then: (page) => marks(page), of: 'map' },
  'map-phone-dark-japanese': { address: japanese, context: { ...phone, ...dark, locale: 'ja' }, then: (page) => table(page), of: 'map' },
  'how': { address: threads, context: desktop, then: (page) => panel(page, 'how'), of: 'how' },
  'how-dark': { address: threads, context: { ...desktop, ...dark }, then: (page) => panel(page, 'how'), of: 'how' },
  'how-forced-colours': { address: threads, context: { ...desktop, forcedColors: 'active' }, then: (page) => panel(page, 'how'), of: 'how' },
  'how-phone-japanese': { address: japanese, context: { ...phone, locale: 'ja' }, then: (page) => panel(page, 'how'), of: 'how' },
  'benchmark': { address: threads, context: desktop, then: (page) => measure(page), of: 'benchmark' },
  'benchmark-phone-dark-japanese': { address: japanese, context: { ...phone, ...dark, locale: 'ja' }, then: (page) => measure(page), of: 'benchmark' },
  'problem': { address: threads, context: desktop, then: (page) => page.locator('#problem').waitFor() },
};

async function everything(page) {
  await marks(page);
  await panel(page, 'how');
  await panel(page, 'benchmark');
  await page.evaluate(() => scrollTo(0, 0));
}

async function zoom(page) {
  await marks(page);
  // No more, or the hits are out of sight.
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.locator('#map .chart').focus();
  await page.keyboard.press('Tab');
  await page.locator('#map .tip').filter({ hasText: /./ }).waitFor();
}

async function ofTheSite(page) {
  await marks(page);
  await page.getByRole('radio', { name: 'The site' }).check();
  await marks(page);
}

async function table(page) {
  await marks(page);
  await page.locator('#map summary').click();
  await page.locator('#map tbody tr').first().waitFor();
}

async function measure(page) {
  const benchmark = await panel(page, 'benchmark');
  await benchmark.locator('button').click();
  await benchmark.locator('.progress', { hasText: /: (done|完了)$/ }).waitFor({ timeout: 120_000 });
}

await mkdir(folder, { recursive: true });
for (const [name, { address, context, then, full, of }] of Object.entries(pictures)) {
  test(name, async (t) => {
    const api = name === 'problem' ? 'http://127.0.0.1:9' : undefined;
    const page = await open(t, (await serve(t, { api })) + address, { context, console: /502/ });
    await page.locator('#facts:not(:empty)').waitFor();
    if (address && !api) await hits(page, 'hybrid');
    await then?.(page);
    const path = join(folder, `${name}.png`);
    await (of ? page.locator(`#${of}`).screenshot({ path }) : page.screenshot({ path, fullPage: full }));
  });
}
takeComponentPictures(folder);
