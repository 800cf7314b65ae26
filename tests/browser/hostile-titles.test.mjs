import assert from 'node:assert/strict';
import test from 'node:test';
import { copySite, open, serve, smallBundle } from './support.mjs';

const MARKUP = '<img src=x onerror="window.hostile=1"><script>window.hostile=1</script><b>bold</b>&amp;';

test('a bundle\'s text stays text, and only http(s) and relative addresses become links', async (t) => {
  const urls = {
    'javascript:window.hostile=1': undefined,
    ' \u0001JaVaScRiPt:window.hostile=1': undefined,
    'java\nscript:window.hostile=1': undefined,
    'data:text/html,<script>window.hostile=1</script>': undefined,
    'vbscript:x': undefined,
    'file:///etc/passwd': undefined,
    'http://[': undefined,
    'https://example.com/a b': 'https://example.com/a%20b',
    'sites/page.html#part': 'sites/page.html#part',
  };
  const hostile = Object.keys(urls).map((url) => ({ id: MARKUP + url, title: MARKUP, url, excerpt: MARKUP, date: MARKUP, tags: [MARKUP], lang: '"><script>' }));
  const dist = await copySite(t, {
    'index.json': [{ name: MARKUP, bundle: 'hostile.json', suggestions: [MARKUP] }],
    'hostile.json': smallBundle([{ id: 'start' }, ...hostile]),
  });
  const site = await serve(t, { dist });
  const page = await open(t, `${site}?similar=start`);
  await page.locator('.hit').first().waitFor();
  const titles = await page.locator('[data-method="knn"] .title').allTextContents();
  assert.deepEqual(titles, hostile.map(() => MARKUP));
  const links = await page.locator('[data-method="knn"] .title').evaluateAll((all) => all.map(({ href }) => href));
  const expected = Object.values(urls).map((url) => url && new URL(url, site).href);
  assert.deepEqual(links, expected);
  assert.equal(await page.locator('.hit :is(img, script, b:not(.move b))').count(), 0);

  await page.locator('.similar').nth(3).click();
  await page.getByRole('heading', { name: 'Articles similar to' }).filter({ hasText: MARKUP }).waitFor();
  await page.locator('.title', { hasText: 'Article 0' }).first().waitFor();
  assert.equal(await page.evaluate(() => window.hostile), undefined);
});

test('an article of any size breaks no page that finds it', async (t) => {
  const huge = { title: 'x'.repeat(1_000_000), excerpt: 'y'.repeat(1_000_000), tags: Array.from({ length: 120_000 }, (_, i) => `tag ${i}`) };
  const dist = await copySite(t, { 'huge.json': smallBundle([{ id: 'start' }, huge, {}]) });
  const page = await open(t, `${await serve(t, { dist })}?similar=start`);
  await page.locator('.hit .title', { hasText: /^x{300}…$/ }).first().waitFor();
  assert.ok(await page.locator('[data-method="knn"] .tag').count() <= 20);
});
