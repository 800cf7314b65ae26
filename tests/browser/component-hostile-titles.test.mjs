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
