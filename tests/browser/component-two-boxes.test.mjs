import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, builtBundle, componentSite, ITEMS, openBox } from './component-support.mjs';

test('two boxes of a page share one download and one worker, and one remains when the other goes', async (t) => {
  const tag = (id) => `<exemplar-search id="${id}" label="${id}" bundle="/search/bundle.json"></exemplar-search>`;
  let downloads = 0;
  const routes = { '/search/bundle.json': () => (downloads++, false) };
  const page = await openBox(t, await componentSite(t, { body: tag('one') + tag('two'), bundle: await builtBundle(t, ITEMS), routes }));
  await page.locator('#one input').fill('mutex');
  await page.locator('#one .hit').first().waitFor();
  await page.locator('#two input').focus();
  await page.locator('#two input').fill('publish');
  await page.locator('#two .hit', { hasText: 'Deploying' }).waitFor();
  assert.equal(await page.locator('#one').evaluate((box) => box.open), false, 'only one is open');
  assert.equal(downloads, 1);
  assert.equal(page.workers().length, 1);
  await accessible(page);
  await page.locator('#one').evaluate((box) => box.remove());
  await page.locator('#two input').fill('channel');
  await page.locator('#two .hit', { hasText: 'Message passing' }).waitFor();
  await page.locator('#two').evaluate((box) => box.remove());
  await page.waitForFunction(() => !document.querySelector('exemplar-search'));
  for (let i = 0; page.workers().length && i < 50; i++) await page.waitForTimeout(50);
  assert.equal(page.workers().length, 0, 'the memory is given back');
});
