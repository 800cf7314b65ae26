import assert from 'node:assert/strict';
import test from 'node:test';
import { panel } from './panel-support.mjs';
import { hits, open, serve, THREADS } from './support.mjs';

const count = async (page, method, other) => {
  const [one, two] = [await hits(page, method), await hits(page, other)].map((all) => all.map(({ article }) => article));
  return one.filter((article) => two.includes(article)).length;
};

test('the figures in "how it works" are those of the search that is shown', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const [knn] = await hits(page, 'knn');
  const how = await panel(page, 'how');
  const passages = /([\d,]+) passages/.exec(await page.locator('#facts').textContent())[1];
  await how.locator('[data-method="knn"]', { hasText: `Each of the ${passages} passages` }).waitFor();
  await how.getByText(`the best passage has a cosine of ${knn.score.toFixed(3)}`).waitFor();
  await how.getByText(new RegExp(`[\\d,]+ of ${passages} passages are within the margin`)).waitFor();
  const [passes] = /[\d.,]+ passes/.exec(await page.locator('.column[data-method="hybrid"] .took').textContent());
  await how.locator('[data-method="hybrid"]', { hasText: passes }).waitFor();
  const cells = await how.locator('.shared tbody tr').first().locator('td').allTextContents();
  assert.deepEqual(cells.slice(0, 2).map(Number), [10, await count(page, 'knn', 'svm')]);
  assert.equal(Number(cells[3]), await count(page, 'knn', 'hybrid'));
});

test('without a search it explains, and in Japanese too', async (t) => {
  const page = await open(t, `${await serve(t)}?lang=ja`);
  const how = await panel(page, 'how');
  await how.getByText('何か検索すると').waitFor();
  assert.equal(await how.locator('.card').count(), 4);
  assert.doesNotMatch(await how.textContent(), /NaN|undefined|\{/);
});
