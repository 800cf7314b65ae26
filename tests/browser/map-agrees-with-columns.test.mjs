import assert from 'node:assert/strict';
import test from 'node:test';
import { marks, panel, ranks } from './panel-support.mjs';
import { ask, hits, open, serve, THREADS } from './support.mjs';

const NAMES = { 'knn': 'kNN', 'svm': 'SVM', 'hybrid': 'Hybrid', 'whitened+lexical': 'With keywords' };

async function assertSame(page) {
  const all = await marks(page);
  for (const [method, name] of Object.entries(NAMES)) {
    const inColumn = (await hits(page, method)).map(({ title }) => title);
    const onMap = all.filter((mark) => ranks(mark)[name]).sort((a, b) => ranks(a)[name] - ranks(b)[name]);
    assert.deepEqual(onMap.map(({ label }) => label.slice(0, label.lastIndexOf(': '))), inColumn, name);
  }
  return all;
}

test('the map marks the hits of each column, where the scores say, and follows the next search', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const first = await assertSame(page);
  const by = (name) => first.filter((mark) => ranks(mark)[name]).sort((a, b) => ranks(a)[name] - ranks(b)[name]);
  const ascending = (values) => assert.deepEqual(values, values.toSorted((a, b) => a - b));
  ascending(by('kNN').map(({ y }) => y));
  ascending(by('SVM').map(({ x }) => -x));

  await page.evaluate(() => scrollTo(0, 0));
  await ask(page, 'when does a value get dropped');
  await page.getByRole('link', { name: /drop/i }).first().waitFor();
  const second = await assertSame(page);
  assert.notDeepEqual(second, first);
});

test('a method\'s signs can be taken off the map', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  assert.ok((await marks(page)).some((mark) => ranks(mark).kNN));
  await page.getByRole('checkbox', { name: 'kNN' }).uncheck();
  const others = await marks(page);
  assert.ok(others.length && others.every((mark) => !ranks(mark).kNN && ranks(mark).SVM !== 0));
  await page.getByRole('checkbox', { name: 'kNN' }).check();
  assert.ok((await marks(page)).some((mark) => ranks(mark).kNN));
});

test('without a search, the map is of the site alone', async (t) => {
  const page = await open(t, await serve(t));
  const map = await panel(page, 'map');
  await map.getByText('The plane in which the site’s passages differ most').waitFor();
  assert.equal(await map.getByRole('radio', { name: 'As kNN and the SVM see it' }).isDisabled(), true);
  assert.equal(await map.locator('.mark').count(), 0);
  assert.equal(await map.getByText('within the SVM’s margin').isVisible(), false);
});
