import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, boxHits, builtBundle, componentSite, ITEMS, openBox, WORDS } from './component-support.mjs';

const BODY = '<exemplar-search bundle="/search/bundle.json" mode="page" filters="tags lang"></exemplar-search>';

test('a results page shows what its address asks for as plain links, and filters them', async (t) => {
  const site = await componentSite(t, { body: BODY, bundle: await builtBundle(t, ITEMS, WORDS) });
  const page = await openBox(t, `${site}?q=threads`);
  const hits = await boxHits(page);
  assert.deepEqual(hits.map(({ title }) => title).sort(), ['Deploying', 'Message passing', 'Shared state']);
  assert.equal(await page.getByRole('link').count(), 3);
  assert.equal(await page.getByRole('combobox').count(), 0);
  await accessible(page);
  const tag = page.getByRole('button', { name: 'channels 1' });
  await tag.focus();
  await page.keyboard.press('Enter');
  assert.deepEqual((await boxHits(page)).map(({ title }) => title), ['Message passing']);
  assert.ok(await tag.evaluate((button) => button.getRootNode().activeElement === button), 'the focus stays on the filter');
  await page.getByRole('searchbox').fill('site');
  await page.locator('exemplar-search .hit').first().waitFor({ state: 'detached' });
  await page.getByText('No result matches the filters.').first().waitFor();
  await page.waitForURL(/\?q=site$/);
  await accessible(page);
});

test('an article can be followed with Tab and Enter alone', async (t) => {
  const page = await openBox(t, `${await componentSite(t, { body: BODY.replace(' filters="tags lang"', ''), bundle: await builtBundle(t, ITEMS, WORDS) })}?q=mutex`);
  const [{ href }] = await boxHits(page);
  await page.getByRole('searchbox').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(href);
});
