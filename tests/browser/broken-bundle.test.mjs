import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { copySite, open, serve, smallBundle } from './support.mjs';

const whole = smallBundle([{}, {}, {}]);
const cases = {
  'truncated.json': [JSON.stringify(whole).slice(0, -40), /not valid JSON/],
  'other-format.json': [{ ...whole, format: 'pagefind' }, /pagefind/],
  'newer.json': [{ ...whole, version: 99 }, /version 99/],
  'wrong-type.json': [{ ...whole, articles: [{ ...whole.articles[0], title: 7 }] }, /articles\[0\]\.title/],
  'wrong-length.json': [{ ...whole, vectors: whole.vectors.map((row, i) => (i === 1 ? row.slice(1) : row)) }, /vectors\[1\]/],
  'duplicate.json': [{ ...whole, articles: whole.articles.map((article) => ({ ...article, id: 'a' })) }, /articles\[1\]\.id/],
  'zero.json': [{ ...whole, vectors: [...whole.vectors.slice(0, 2), [0, 0, 0]] }, /vectors\[2\]/],
};

test('a bundle that cannot be used is named, with the place', async (t) => {
  const dist = await copySite(t, Object.fromEntries(Object.entries(cases).map(([file, [content]]) => [file, content])));
  const site = await serve(t, { dist });
  const page = await open(t, site);
  for (const [file, [, place]] of Object.entries(cases)) {
    await page.goto(`${site}?bundle=${file.replace('.json', '')}`);
    const detail = page.locator('#problem .detail');
    await detail.filter({ hasText: place }).waitFor();
    assert.equal(await page.locator('#loading').isVisible(), false);
  }

  await writeFile(join(dist, 'bundles', 'zero.json'), JSON.stringify(whole));
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('3 articles').waitFor();
});

test('a bundle that is not there, one that is not listed, and a page without bundles are told apart', async (t) => {
  const manifest = [{ name: 'Gone', bundle: 'gone.json' }, { name: 'Small', bundle: 'small.json' }];
  const dist = await copySite(t, { 'index.json': manifest, 'small.json': whole });
  const site = await serve(t, { dist });
  const page = await open(t, site, { console: /404/ });
  await page.getByRole('alert').getByText(/gone\.json answered 404/).waitFor();

  await page.getByRole('combobox', { name: 'Site' }).selectOption('Small');
  await page.getByText('3 articles').waitFor();

  await page.goto(`${site}?bundle=other`);
  await page.getByRole('heading', { name: 'There is no such site here' }).waitFor();
  assert.match(await page.getByRole('alert').innerText(), /gone, small/);

  await writeFile(join(dist, 'bundles', 'index.json'), '[{}]');
  await page.goto(site);
  await page.getByRole('heading', { name: 'Nothing to search yet' }).waitFor();
});
