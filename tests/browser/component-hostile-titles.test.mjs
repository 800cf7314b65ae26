import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, builtBundle, componentSite, openBox, type } from './component-support.mjs';

const MARKUP = '<img src=x onerror="window.hostile=1"><script>window.hostile=1</script>';

test('a bundle\'s text stays text in the box, and only http(s) and relative addresses become links', async (t) => {
  const urls = { 'javascript:window.hostile=1': undefined, 'data:text/html,x': undefined, 'docs/page.html#part': 'docs/page.html#part', 'https://example.com/a b': 'https://example.com/a%20b' };
  const items = Object.keys(urls).map((url, i) => ({ id: `a${i}`, title: `zygote ${MARKUP}`, url, text: `zygote ${MARKUP} ${i}`, tags: [MARKUP], lang: '"><script>', date: MARKUP }));
  const body = '<exemplar-search bundle="/search/bundle.json" filters="tags lang"></exemplar-search>';
  const site = await componentSite(t, { body, bundle: await builtBundle(t, [...items, { title: 'other', url: 'x', text: 'zygote', lang: 'en' }]) });
  const page = await openBox(t, site);
  await type(page, 'zygote onerror');
  const hits = (await boxHits(page)).filter(({ title }) => title !== 'other');
  assert.equal(hits.length, 4);
  assert.deepEqual(new Set(hits.map(({ title }) => title)), new Set([`zygote ${MARKUP}`]));
  const expected = Object.values(urls).map((url) => url && new URL(url, site).href);
  assert.deepEqual(new Set(hits.map(({ href }) => href)), new Set(expected));
  assert.ok(hits[0].marks.includes('zygote'));
  assert.equal(await page.locator('exemplar-search :is(img, script)').count(), 0);
  assert.equal(await page.evaluate(() => window.hostile), undefined);
});

test('an article of any size breaks no query that finds it: the box shows what a line can', async (t) => {
  const bundle = JSON.parse(await builtBundle(t, [{ title: 'zygote', url: 'x', text: 'zygote' }, { title: 'other', url: 'y', text: 'other' }]));
  Object.assign(bundle.articles[0], { title: `zygote ${'🦀'.repeat(500_000)}`, tags: Array.from({ length: 120_000 }, (_, i) => `tag ${i}`) });
  const body = '<exemplar-search bundle="/search/bundle.json" filters="tags"></exemplar-search>';
  const page = await openBox(t, await componentSite(t, { body, bundle }));
  await type(page, 'zygote');
  const [hit] = await boxHits(page);
  assert.match(hit.title, /^zygote 🦀+…$/u);
  assert.ok(hit.title.length < 400);
  assert.ok(await page.locator('exemplar-search .tag').count() <= 20);
  await page.locator('exemplar-search').getByRole('button', { name: /^More like/ }).first().click();
  await page.locator('exemplar-search [part="example"]').waitFor();
});
