import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, boxHits, chosen, componentSite, openBox, type } from './component-support.mjs';

const ALSO = 'exemplar-search a[part="also"]';

test('an article stands once, with links to further sections that answer, which keys reach', async (t) => {
  const page = await openBox(t, await componentSite(t));
  await type(page, 'share data between threads');
  const hits = await boxHits(page);
  assert.equal(new Set(hits.map(({ title }) => title)).size, hits.length);
  const links = await page.locator('exemplar-search .hit').evaluateAll((hits) => hits.map((hit) =>
    ['a.title', 'a.section', 'a[part="also"]'].map((part) => [...hit.querySelectorAll(part)].map(({ href }) => href))));
  assert.ok(links.some(([, , also]) => also.length), JSON.stringify(links));
  for (const [[title], sections, also] of links) {
    const all = [...sections, ...also];
    assert.ok(also.length <= 2);
    assert.equal(new Set(all).size, all.length, 'each leads elsewhere');
    for (const href of all) assert.ok(href.startsWith(`${title}#`), href);
  }
  await accessible(page);

  const also = page.locator(ALSO).first();
  const [name, href] = [await also.innerText(), await also.getAttribute('href')];
  for (let i = 0; i < 30 && (await chosen(page)) !== name; i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(href);
});

test('on a results page they are links as others', async (t) => {
  const site = await componentSite(t, { body: '<exemplar-search bundle="/search/bundle.json" mode="page"></exemplar-search>' });
  const page = await openBox(t, `${site}?q=${encodeURIComponent('share data between threads')}`);
  await boxHits(page);
  const also = page.locator(ALSO).first();
  const href = await also.getAttribute('href');
  await accessible(page);
  await also.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(href);
});
