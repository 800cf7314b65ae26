import assert from 'node:assert/strict';
import test from 'node:test';
import { copySite, hits, open, serve, smallBundle, THREADS } from './support.mjs';

/** The places of the columns' lists that are shown. */
const lists = (page) =>
  page.locator('.column:not([hidden]) ol').evaluateAll((all) => all.map((one) => {
    const { left, top } = one.getBoundingClientRect();
    return { left, top };
  }));

/** @param {{ left: number, top: number }[]} places */
function assertBeside(places, columns) {
  assert.equal(places.length, columns);
  assert.ok(places.every(({ top }) => Math.abs(top - places[0].top) < 1), `the lists begin at one height: ${places.map(({ top }) => top)}`);
  assert.ok(places.every(({ left }, i) => i === 0 || left > places[i - 1].left), 'one beside the other');
}

for (const width of [900, 1280, 1800]) {
  test(`at ${width} px the columns' lists begin at one height`, async (t) => {
    const site = await serve(t);
    const page = await open(t, `${site}?q=${encodeURIComponent(THREADS)}`, { context: { viewport: { width, height: 900 } } });
    await hits(page, 'hybrid');
    assertBeside(await lists(page), 4);
    await page.goto(`${site}?similar=ch16-03-shared-state.html`);
    await hits(page, 'hybrid');
    assertBeside(await lists(page), 3);
  });
}

test('where scores are all the same, and columns have no scale to show, the lists begin at one height', async (t) => {
  const dist = await copySite(t, { 'small.json': smallBundle([{}, {}]) });
  const page = await open(t, `${await serve(t, { dist })}?similar=a0`);
  await hits(page, 'hybrid');
  assertBeside(await lists(page), 3);
});
