import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, builtBundle, componentSite, ITEMS, openBox, type } from './component-support.mjs';

test('events tell what happens, and a listener can take over what a hit does', async (t) => {
  const site = await componentSite(t, { bundle: await builtBundle(t, ITEMS) });
  const page = await openBox(t, site);
  await page.evaluate(() => {
    window.seen = [];
    for (const name of ['open', 'search', 'results', 'select', 'close']) {
      document.addEventListener(`exemplar-${name}`, (event) => {
        window.seen.push([name, event.detail?.query, event.detail?.url]);
        if (name === 'select') event.preventDefault();
      });
    }
  });
  await type(page, 'mutex');
  const [{ href }] = await boxHits(page);
  await page.keyboard.press('Enter');
  const seen = await page.evaluate(() => window.seen);
  assert.deepEqual(seen[0], ['open', undefined, undefined]);
  assert.ok(seen.some(([name, query]) => name === 'search' && query === 'mu'));
  assert.deepEqual(seen.filter(([name]) => name === 'results').at(-1), ['results', 'mutex', undefined]);
  assert.deepEqual(seen.at(-1), ['select', 'mutex', href]);
  assert.equal(page.url(), site, 'it was not followed');
});
