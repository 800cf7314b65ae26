import assert from 'node:assert/strict';
import test from 'node:test';
import { marks, panel } from './panel-support.mjs';
import { accessible, open, serve, THREADS } from './support.mjs';

const looks = {
  'light': { colorScheme: 'light' },
  'dark': { colorScheme: 'dark' },
  'a phone': { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  'Japanese': { locale: 'ja' },
  'forced colours': { forcedColors: 'active' },
};

for (const [look, context] of Object.entries(looks)) {
  test(`axe finds nothing in the map, its table, the benchmark and "how it works" in ${look}`, async (t) => {
    const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`, { context });
    await marks(page);
    await page.locator('#map summary').click();
    await page.locator('#map tbody tr').first().waitFor();
    await panel(page, 'how');
    const benchmark = await panel(page, 'benchmark');
    await benchmark.locator('button').click();
    await benchmark.locator('tbody tr').first().waitFor({ timeout: 60_000 });
    await benchmark.locator('button').click();
    await accessible(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), page.viewportSize().width, 'nothing scrolls sideways');
  });
}
