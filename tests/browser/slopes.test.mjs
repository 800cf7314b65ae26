import assert from 'node:assert/strict';
import test from 'node:test';
import { atRest, hits, open, serve, THREADS } from './support.mjs';

const QUERY = `?q=${encodeURIComponent(THREADS)}`;
const SHOWN = ['knn', 'svm', 'hybrid', 'whitened+lexical'];

/** Which lines there are, by article, and whether each begins and ends beside its article's ranks. */
const lines = (page) =>
  page.evaluate(() => {
    const { left, top } = document.querySelector('#results').getBoundingClientRect();
    const middle = (hit) => {
      const { y, height } = hit.querySelector('.rank').getBoundingClientRect();
      return y + Math.min(height, 22) / 2 - top;
    };
    return [...document.querySelectorAll('.slopes path')].map((path) => {
      const article = path.dataset.article;
      const [start, end] = [path.getPointAtLength(0), path.getPointAtLength(path.getTotalLength())];
      const hitsOf = [...document.querySelectorAll('.hit')].filter((hit) => hit.dataset.article === article);
      const joined = (point, side) => hitsOf.some((hit) => {
        const edge = hit.closest('.column').getBoundingClientRect();
        const distance = side === 'left' ? point.x + left - edge.right : edge.left - left - point.x;
        return Math.abs(middle(hit) - point.y) < 2 && distance > 0 && distance < 20;
      });
      return { article, joined: joined(start, 'left') && joined(end, 'right'), lit: path.classList.contains('lit') };
    });
  });

async function expectedLines(page) {
  const columns = await Promise.all(SHOWN.map((method) => hits(page, method)));
  return columns.slice(1).flatMap((right, i) =>
    columns[i].map(({ article }) => article).filter((article) => right.some((hit) => hit.article === article)));
}

const lit = (page) => page.locator('.hit.lit').evaluateAll((all) => all.map((hit) => hit.dataset.article));

test('a line joins each article in neighbouring columns, and follows when the window is resized', async (t) => {
  const page = await open(t, (await serve(t)) + QUERY);
  const expected = await expectedLines(page);
  assert.ok(expected.length > 10);
  for (const width of [1280, 1000, 1500]) {
    await page.setViewportSize({ width, height: 900 });
    await page.waitForTimeout(100);
    const drawn = await lines(page);
    assert.deepEqual(drawn.map(({ article }) => article).sort(), [...expected].sort());
    assert.deepEqual(drawn.filter(({ joined }) => !joined), [], `at ${width} px each line joins its article's ranks`);
  }
  await page.setViewportSize({ width: 600, height: 900 });
  await page.waitForTimeout(100);
  assert.deepEqual(await lines(page), [], 'no lines where columns are stacked');
});

test('pointing at a hit or focusing it lights its article everywhere; Escape and leaving put the light out', async (t) => {
  const page = await open(t, (await serve(t)) + QUERY);
  const [first, second] = await hits(page, 'svm');
  const columns = await Promise.all(SHOWN.map((method) => hits(page, method)));
  // A hit on its way would leave the pointer.
  await atRest(page);
  const inColumns = (article) => columns.filter((column) => column.some((hit) => hit.article === article)).length;

  await page.locator('[data-method="svm"] .hit').first().hover();
  assert.deepEqual(await lit(page), Array(inColumns(first.article)).fill(first.article));
  assert.ok((await lines(page)).every(({ article, lit }) => lit === (article === first.article)));
  assert.ok((await lines(page)).some(({ lit }) => lit));
  const widths = await page.locator('.slopes path').evaluateAll((all) =>
    Object.fromEntries(all.map((path) => [path.classList.contains('lit'), parseFloat(getComputedStyle(path).strokeWidth)])));
  assert.ok(widths.true >= 2 * widths.false, 'the lit line differs by more than its colour');
  await page.keyboard.press('Escape');
  assert.deepEqual(await lit(page), []);

  await page.locator('[data-method="svm"] .hit').nth(1).hover();
  assert.ok((await lit(page)).length > 0);
  await page.getByRole('searchbox').hover();
  assert.deepEqual(await lit(page), []);

  await page.locator('[data-method="svm"] .hit a').first().focus();
  await page.keyboard.press('ArrowDown');
  assert.deepEqual(await lit(page), Array(inColumns(second.article)).fill(second.article));
  await page.keyboard.press('Escape');
  assert.deepEqual(await lit(page), []);
});
