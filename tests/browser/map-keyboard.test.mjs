import assert from 'node:assert/strict';
import test from 'node:test';
import { marks } from './panel-support.mjs';
import { open, serve, THREADS } from './support.mjs';

test('the map is panned, zoomed and read by keyboard alone', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const before = await marks(page);
  const chart = page.locator('#map .chart');
  await chart.focus();
  const spread = (all) => Math.max(...all.map(({ x }) => x)) - Math.min(...all.map(({ x }) => x));

  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const zoomed = await marks(page);
  assert.ok(spread(zoomed) > 1.5 * spread(before), 'plus zooms in');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  const panned = await marks(page);
  assert.ok(panned[0].x < zoomed[0].x && panned[0].y > zoomed[0].y, 'arrows pan');
  await page.keyboard.press('-');
  assert.ok(spread(await marks(page)) < spread(panned), 'minus zooms out');
  await page.keyboard.press('0');
  assert.deepEqual(await marks(page), before, '0 shows all');
});

test('Tab leads to the hits on the map, arrows from one to the next, and each is named in sight', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const all = await marks(page);
  await page.locator('#map .chart').focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('+');
  await page.keyboard.press('Tab');
  const tip = page.locator('#map .tip');
  for (const [key, place] of [['', 0], ['ArrowRight', 1], ['ArrowDown', 2], ['ArrowLeft', 1], ['ArrowUp', 0], ['ArrowUp', all.length - 1]]) {
    if (key) await page.keyboard.press(key);
    const { passage, label } = all[place];
    assert.equal(await page.evaluate(() => document.activeElement.dataset.passage), passage, `after ${key}`);
    await tip.filter({ hasText: label.slice(0, label.lastIndexOf(': ')) }).waitFor();
    // With the next frame, the hit is in sight.
    await page.waitForFunction(() => {
      const [outer, inner] = ['#map .chart', '#map .mark:focus'].map((which) => document.querySelector(which).getBoundingClientRect());
      const [x, y] = [inner.x + inner.width / 2 - outer.x, inner.y + inner.height / 2 - outer.y];
      return x >= 0 && x <= outer.width && y >= 0 && y <= outer.height;
    });
  }
  const href = await page.evaluate(() => document.activeElement.href);
  assert.match(href, /sites\/rust-book\//, 'Enter would open its passage');
});
