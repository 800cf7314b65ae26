import assert from 'node:assert/strict';
import test from 'node:test';
import { marks } from './panel-support.mjs';
import { open, serve, THREADS } from './support.mjs';

const spread = (all) => Math.max(...all.map(({ x }) => x)) - Math.min(...all.map(({ x }) => x));

test('the wheel scrolls the page over the map until the map is chosen; a drag pans it and opens nothing', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const before = await marks(page);
  const chart = page.locator('#map .chart');
  const middle = async () => {
    const { x, y, width, height } = await chart.boundingBox();
    return [x + width / 2, y + height / 2];
  };
  await page.mouse.move(...(await middle()));
  const top = await page.evaluate(() => scrollY);
  await page.mouse.wheel(0, -40);
  await page.waitForFunction((top) => scrollY < top, top);
  assert.deepEqual(await marks(page), before);

  await page.keyboard.down('Control');
  await page.mouse.move(...(await middle()));
  await page.mouse.wheel(0, -40);
  await page.keyboard.up('Control');
  const zoomed = await marks(page);
  assert.ok(spread(zoomed) > 1.1 * spread(before), 'with Ctrl it zooms');
  await chart.focus();
  await page.mouse.wheel(0, -300);
  const further = await marks(page);
  assert.ok(spread(further) > 1.1 * spread(zoomed), 'and where the map has the focus');

  // From a hit, which is a link.
  const { x, y } = await page.locator('#map .mark:not([data-away])').first().boundingBox();
  await page.mouse.move(x + 18, y + 18);
  await page.mouse.down();
  await page.mouse.move(x - 60, y + 40, { steps: 4 });
  await page.mouse.up();
  const panned = await marks(page);
  assert.ok(panned[0].x < further[0].x, 'a drag pans');
  assert.match(page.url(), /\?q=/, 'and is no click on what it began at');
  await page.getByRole('button', { name: 'Show all' }).click();
  assert.deepEqual(await marks(page), before);
});

test('on a phone a finger scrolls the page past the map, and two pinch it', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}&k=3`, {
    context: { viewport: { width: 390, height: 760 }, isMobile: true, hasTouch: true },
  });
  const before = await marks(page);
  await page.locator('#map .chart').scrollIntoViewIfNeeded();
  const touch = await page.context().newCDPSession(page);
  const send = (type, ...points) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const box = await page.locator('#map .chart').boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const top = await page.evaluate(() => scrollY);
  await send('touchStart', [x, y]);
  for (let by = 0; by <= 120; by += 20) await send('touchMove', [x, y + by]);
  await send('touchEnd');
  await page.waitForFunction((top) => scrollY < top, top);
  assert.deepEqual(await marks(page), before);

  await page.locator('#map .chart').scrollIntoViewIfNeeded();
  const now = await page.locator('#map .chart').boundingBox();
  const middle = now.y + now.height / 2;
  await send('touchStart', [x - 30, middle], [x + 30, middle]);
  for (let by = 40; by <= 120; by += 20) await send('touchMove', [x - by, middle], [x + by, middle]);
  await send('touchEnd');
  assert.ok(spread(await marks(page)) > 1.5 * spread(before), 'pinched');
});
