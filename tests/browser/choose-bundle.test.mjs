import assert from 'node:assert/strict';
import test from 'node:test';
import { copySite, hits, open, serve, smallBundle } from './support.mjs';

test('a reader can choose among the bundles, and go back', async (t) => {
  const dist = await copySite(t, {
    'index.json': [{ name: 'First', bundle: 'first.json' }, { name: 'Zweite', lang: 'de', bundle: 'second.json' }],
    'first.json': smallBundle([{}, {}, {}]),
    'second.json': smallBundle([{ id: 'gleich', title: 'Anfang' }, { title: 'Ende' }]),
  });
  const page = await open(t, await serve(t, { dist }));
  await page.getByText('3 articles').waitFor();
  await page.getByRole('combobox', { name: 'Site' }).selectOption('Zweite');
  await page.getByText('2 articles').waitFor();
  assert.match(page.url(), /bundle=second/);

  await page.goto(`${page.url()}&similar=gleich`);
  assert.deepEqual((await hits(page, 'knn')).map(({ title }) => title), ['Ende']);
  assert.equal(await page.locator('.title').first().getAttribute('lang'), 'de');

  await page.goBack();
  await page.getByText('2 articles').waitFor();
  await page.goBack();
  await page.getByText('3 articles').waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Site' }).inputValue(), 'first');
});
