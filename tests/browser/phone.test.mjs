import assert from 'node:assert/strict';
import test from 'node:test';
import { hits, open, serve, THREADS } from './support.mjs';

for (const width of [320, 390]) {
  test(`at ${width} px the columns are stacked and nothing is cut off`, async (t) => {
    const examples = 'more=ch16-03-shared-state.html&less=ch15-05-interior-mutability.html';
    const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}&${examples}`, {
      context: { viewport: { width, height: 700 }, isMobile: true, hasTouch: true },
    });
    await hits(page, 'hybrid');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, 'nothing scrolls sideways');
    const tops = await page.locator('.column').evaluateAll((all) => all.map((one) => one.getBoundingClientRect()));
    assert.ok(tops[0].bottom <= tops[1].top && tops[1].bottom <= tops[2].top, 'one column below the other');
    const slider = page.locator('.column[data-method="svm"]').getByRole('slider', { name: 'C of the SVM' });
    assert.ok(await slider.isVisible(), 'the slider is above the hits that it moves');
    const sizes = await page.locator('input, select').evaluateAll((all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize)));
    assert.ok(sizes.every((size) => size >= 16), 'phones do not zoom into inputs');
  });
}
