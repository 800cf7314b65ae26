import assert from 'node:assert/strict';
import test from 'node:test';
import { copySite, hits, open, serve, smallBundle } from './support.mjs';

const kept = (page) => page.evaluate(() => ({ ...localStorage }));
const button = (page, name) => page.getByRole('button', { name });
const forYou = (page) => page.getByRole('link', { name: 'Articles for you' });

async function twoSites(t) {
  const bundles = { 'one.json': smallBundle([{}, {}, {}, {}]), 'two.json': smallBundle([{}, {}, {}]) };
  return serve(t, { dist: await copySite(t, bundles) });
}

test('examples are kept only when asked for, offered on the next visit to its site alone, and forgotten with one click', async (t) => {
  const site = await twoSites(t);
  const page = await open(t, `${site}?similar=a1`);
  await hits(page, 'svm');
  await page.locator('[data-method="svm"] .hit').first().locator('.feedback[data-direction="more"]').click();
  await page.locator('#examples .chip').waitFor();
  assert.deepEqual(await kept(page), {}, 'nothing is kept unless asked for');
  await button(page, 'Keep as “for you”').click();
  await page.getByRole('status').filter({ hasText: 'Kept in this browser' }).waitFor();
  await button(page, 'Keep as “for you”').waitFor({ state: 'hidden' });
  assert.equal(Object.keys(await kept(page)).length, 1);

  await page.goto(site);
  await forYou(page).click();
  await page.getByRole('heading', { name: 'Articles for you' }).waitFor();
  assert.equal((await hits(page, 'svm')).length, 3);
  await forYou(page).waitFor({ state: 'hidden' });

  await page.goto(`${site}?bundle=two`);
  await page.locator('#facts:not(:empty)').waitFor();
  assert.equal(await forYou(page).isVisible(), false, 'another site has its own');

  await page.goto(site);
  await forYou(page).click();
  await hits(page, 'svm');
  await button(page, 'Forget “for you”').click();
  await page.getByRole('status').filter({ hasText: 'Forgotten' }).waitFor();
  assert.deepEqual(await kept(page), {});
  assert.equal(await page.locator('#examples .chip').count(), 0);
  await page.goto(site);
  await page.locator('#facts:not(:empty)').waitFor();
  assert.equal(await forYou(page).isVisible(), false);
});

test('kept articles that the site has no more are left out, and what is kept is read with care', async (t) => {
  const site = await twoSites(t);
  const page = await open(t, site);
  await page.locator('#facts:not(:empty)').waitFor();
  const keep = (text) => page.evaluate((text) =>
    localStorage.setItem(`exemplar-search:for-you:${new URL('bundles/one.json', location.href)}`, text), text);
  await keep(JSON.stringify({ more: ['a0', 'gone'], less: ['gone too'] }));
  await page.reload();
  await forYou(page).click();
  assert.equal((await hits(page, 'svm')).length, 3);
  assert.deepEqual(Object.values(await kept(page)), [JSON.stringify({ more: ['a0'], less: [] })]);
  for (const text of ['{', 'null', '{"more":"a0","less":[]}', '{"more":[1],"less":[]}']) {
    await keep(text);
    await page.goto(site);
    await page.locator('#facts:not(:empty)').waitFor();
    await page.waitForTimeout(50);
    assert.equal(await forYou(page).isVisible(), false, text);
  }
});

test('where storage is denied, the page ranks by examples as ever, and says that nothing can be kept', async (t) => {
  const before = (page) => page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });
  });
  const page = await open(t, `${await twoSites(t)}?similar=a1`, { before });
  await hits(page, 'svm');
  await page.locator('[data-method="svm"] .hit').first().locator('.feedback[data-direction="less"]').click();
  await page.locator('#examples .chip').waitFor();
  assert.equal((await hits(page, 'svm')).length, 2);
  await button(page, 'Keep as “for you”').click();
  await page.getByRole('status').filter({ hasText: 'does not let the page keep anything' }).waitFor();
  assert.equal(await forYou(page).isVisible(), false);
});
