import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, builtBundle, componentSite, ITEMS, openBox, type, WORDS } from './component-support.mjs';

test('on a page below the root, relative addresses lead where `base` says, and without it beside the page', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  for (const [attributes, leads] of [[' base="/"', '/docs/mutex.html'], [' base="../"', '/guide/docs/mutex.html'], ['', '/guide/deep/docs/mutex.html']]) {
    const body = `<exemplar-search bundle="/search/bundle.json"${attributes}></exemplar-search>`;
    const site = await componentSite(t, { body, bundle });
    const page = await openBox(t, `${site}guide/deep/`);
    await type(page, 'mutex');
    const [{ href }] = await boxHits(page);
    assert.equal(new URL(href).pathname, leads);
    assert.equal(new URL(href).origin, new URL(site).origin);
  }
});
