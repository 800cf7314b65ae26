import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, builtBundle, componentSite, openBox, type, WORDS } from './component-support.mjs';

/** A manual in two versions; of the first there is much more, and it ranks before. */
const ITEMS = [
  ...Array.from({ length: 60 }, (_, i) => ({ title: `Anchor ${i}`, url: `v1/anchor-${i}.html`, text: 'Anchor, anchor: how to drop an anchor.' })),
  ...Array.from({ length: 10 }, (_, i) => ({ title: `Mooring ${i}`, url: `v2/mooring-${i}.html`, text: 'Besides a mooring there is, of course, also the old anchor that is still in use in this harbour.' })),
];

for (const [by, head, attributes, scope] of [
  ['attribute', '', 'scope="v2/"', '/v2/'],
  ['attribute, from the root', '', 'scope="/v1/"', '/v1/'],
  ['meta tag', `<script>document.head.insertAdjacentHTML('beforeend', '<meta name="exemplar-scope" content="/v2/">')</script>`, '', '/v2/'],
]) {
  test(`only articles of one version are searched: by ${by}`, async (t) => {
    const body = `${head}<exemplar-search bundle="/search/bundle.json" method="lexical" limit="6" ${attributes}></exemplar-search>`;
    const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";
    const page = await openBox(t, await componentSite(t, { body, bundle: await builtBundle(t, ITEMS, WORDS), policy }));
    await type(page, 'anchor');
    const paths = (await boxHits(page)).map(({ href }) => new URL(href).pathname);
    assert.equal(paths.length, 6);
    assert.ok(paths.every((path) => path.startsWith(scope)), `${paths}`);
    if (scope !== '/v2/') return;
    await page.getByRole('button', { name: 'More results' }).click();
    await page.locator('exemplar-search .hit').nth(9).waitFor();
    assert.equal((await boxHits(page)).length, 10, 'all of it');
    assert.equal(await page.getByRole('button', { name: 'More results' }).count(), 0);
    await page.evaluate(() => document.querySelector('exemplar-search').setAttribute('scope', 'v3/'));
    await page.getByText('Nothing found').first().waitFor();
  });
}

/** A manual in three versions, the newest of which is at the root of it, and a second one. */
const VERSIONED = ['docs', 'docs/next', 'docs/1.0', 'api', 'api/1.0'].map((folder) => ({
  title: `Anchors of ${folder}`, url: `${folder}/anchor`, text: 'How to drop an anchor.',
})).concat({ title: 'Anchors in the blog', url: 'blog/anchor', text: 'An anchor was dropped.' });

test('of the documents in versions, those of the page are searched, and elsewhere the current ones', async (t) => {
  const versions = 'docs docs/next docs/1.0, api api/1.0';
  const body = `<exemplar-search bundle="/search/bundle.json" base="/" method="lexical" versions="${versions}"></exemplar-search>`;
  const page = await openBox(t, await componentSite(t, { body, bundle: await builtBundle(t, VERSIONED, WORDS) }));
  for (const [path, docs, api] of [
    ['/docs/1.0/a/', 'docs/1.0', 'api'],
    ['/docs/1.0.1/', 'docs', 'api'],
    ['/docs/next', 'docs/next', 'api'],
    ['/docs/next?x#y', 'docs/next', 'api'],
    ['/docs/', 'docs', 'api'],
    ['/', 'docs', 'api'],
    ['/api/1.0/x.html', 'docs', 'api/1.0'],
  ]) {
    // As instant navigation does, with the query still there.
    await page.evaluate((path) => {
      document.querySelector('exemplar-search').close();
      history.pushState({}, '', path);
    }, path);
    if (path === '/docs/1.0/a/') await type(page, 'anchor');
    else await box(page).click();
    await page.locator('exemplar-search .name', { hasText: new RegExp(`^Anchors of ${docs}$`) }).waitFor();
    const titles = (await boxHits(page)).map(({ title }) => title).sort();
    assert.deepEqual(titles, [`Anchors of ${api}`, `Anchors of ${docs}`, 'Anchors in the blog'].sort(), path);
  }
});
