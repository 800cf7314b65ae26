import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, builtBundle, componentSite, deferred, ITEMS, openBox } from './component-support.mjs';
import { open } from './support.mjs';

const BODY = `<exemplar-search bundle="/search/bundle.json">
  <form role="search" action="/results"><label>Find <input type="search" name="query"></label><input type="hidden" name="in" value="docs"></form>
</exemplar-search>`;

test('the form inside works without JavaScript', async (t) => {
  const page = await open(t, await componentSite(t, { body: BODY }), { context: { javaScriptEnabled: false } });
  await page.getByRole('searchbox', { name: 'Find' }).fill('mutex');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/results\?query=mutex&in=docs$/);
});

for (const mode of ['field', 'button']) {
  test(`what was typed before the module arrived goes on in the box, with label, action and hidden fields: ${mode}`, async (t) => {
    const release = deferred();
    const routes = { '/search/component/exemplar-search.js': () => release.promise.then(() => false) };
    const site = await componentSite(t, { body: BODY.replace('<exemplar-search', `$& mode="${mode}"`), bundle: await builtBundle(t, ITEMS), routes });
    const page = await open(t, 'about:blank');
    // The load event waits for the module.
    await page.goto(site, { waitUntil: 'commit' });
    await page.getByRole('searchbox', { name: 'Find' }).click();
    await page.keyboard.type('mut');
    release.resolve();
    await box(page).waitFor();
    await page.keyboard.type('ex');
    assert.equal(await box(page).inputValue(), 'mutex');
    assert.equal(await page.getByRole('combobox', { name: 'Find' }).count(), 1);
    assert.equal((await boxHits(page))[0].title, 'Shared state');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/results\?query=mutex&in=docs$/);
  });
}
