import assert from 'node:assert/strict';
import test from 'node:test';
import { marks, panel } from './panel-support.mjs';
import { hits, open, serve, THREADS } from './support.mjs';

const QUERY = `?q=${encodeURIComponent(THREADS)}`;

/** How many passages are within the margin, and of how many. */
const within = async (page) => {
  const text = await page.locator('#map .note').filter({ hasText: 'within the margin' }).textContent();
  return /([\d,]+) of ([\d,]+) passages/.exec(text).slice(1).map((count) => Number(count.replace(',', '')));
};

test('the map is of the SVM with the C that the page ranks by', async (t) => {
  const site = await serve(t);
  const page = await open(t, site + QUERY);
  await marks(page);
  const [usual, all] = await within(page);
  await page.goto(`${site}${QUERY}&C=32`);
  await marks(page);
  const [fewer, same] = await within(page);
  assert.ok(fewer < usual && same === all, `${fewer} of ${same} after ${usual} of ${all}`);
});

test('a liked article is a positive on the map, and no hit', async (t) => {
  const page = await open(t, await serve(t) + QUERY);
  const [first] = await hits(page, 'svm');
  const before = await marks(page);
  assert.ok(before.some(({ label }) => label.startsWith(first.title)));
  assert.equal(await page.locator('#map .lines .positive').count(), 1);
  await page.goto(`${page.url()}&more=${encodeURIComponent(first.article)}`);
  const after = await marks(page);
  assert.ok(!after.some(({ label }) => label.startsWith(`${first.title}: `)));
  assert.equal(await page.locator('#map .lines .positive').count(), 2);
});

/** Shows the site instead of the scores, and resolves to where the first hit is in the next frames and at last. */
async function change(page) {
  await marks(page);
  await page.getByRole('radio', { name: 'The site' }).check();
  const early = await page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(document.querySelector('#map .mark').style.translate)));
  }));
  await marks(page);
  return [early, await page.locator('#map .mark').first().evaluate((mark) => mark.style.translate)];
}

test('with reduced motion passages are at their new places at once', async (t) => {
  const page = await open(t, await serve(t) + QUERY, { context: { reducedMotion: 'reduce' } });
  const [early, late] = await change(page);
  assert.equal(early, late);
});

test('choosing another site empties the map of the first', async (t) => {
  const page = await open(t, await serve(t) + QUERY);
  await marks(page);
  const [, all] = await within(page);
  await page.getByRole('combobox', { name: 'Site' }).selectOption({ index: 1 });
  await page.getByText('節').or(page.getByText('passages')).first().waitFor();
  await page.waitForFunction((all) => {
    const text = document.querySelector('#map .note')?.textContent ?? '';
    return /of ([\d,]+) passages/.test(text) && !text.includes(`of ${all} passages`);
  }, all);
  await panel(page, 'map');
});
