import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, hits, open, serve, THREADS } from './support.mjs';

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Waits until every section above and this one have come, and nothing moves; resolves to where the section is. */
async function landed(page, id) {
  for (const above of ['map', 'how', 'benchmark'].slice(0, 1 + ['map', 'how', 'benchmark'].indexOf(id))) {
    const content = { map: '.mark', how: '.card', benchmark: 'button' }[above];
    await page.locator(`#${above}:not([aria-busy]) ${content}`).first().waitFor({ state: 'attached' });
  }
  let last;
  for (;;) {
    const now = await page.evaluate((id) => {
      const { top, bottom } = document.getElementById(id).getBoundingClientRect();
      const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
      return { top: Math.round(top), bottom: Math.round(bottom), height: clientHeight, atEnd: scrollTop + clientHeight >= scrollHeight - 1 };
    }, id);
    if (JSON.stringify(now) === JSON.stringify(last)) return now;
    last = now;
    await page.waitForTimeout(300);
  }
}

const isThere = ({ top, height, atEnd }) => Math.abs(top) <= 1 || (atEnd && top > 0 && top < height);

test('links lead to the sections of the page, though what stands in them comes late', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  await hits(page, 'hybrid');
  const links = page.getByRole('navigation', { name: 'Sections of this page' });
  for (const [name, id] of [['Benchmark', 'benchmark'], ['How it works', 'how'], ['Map', 'map']]) {
    await links.getByRole('link', { name }).focus();
    await page.keyboard.press('Enter');
    const place = await landed(page, id);
    assert.ok(isThere(place), `${id} is at ${JSON.stringify(place)}`);
    assert.equal(await page.evaluate(() => document.activeElement.id), id);
  }
  await accessible(page);
  await links.getByRole('link', { name: 'Hits' }).click();
  assert.ok(Math.abs(await page.locator('#results').evaluate((results) => results.getBoundingClientRect().top)) <= 1);
  // The reader goes elsewhere, and is not held back.
  await page.mouse.wheel(0, -200);
  await page.waitForFunction(() => document.getElementById('results').getBoundingClientRect().top > 100);
});

test('an address with a section leads to it, on a phone too, where the links are one line', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}&lang=ja#how`, { context: phone });
  const place = await landed(page, 'how');
  assert.ok(isThere(place), JSON.stringify(place));
  const links = page.getByRole('navigation', { name: 'このページの内容' });
  assert.ok((await links.boundingBox()).height < 50);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});
