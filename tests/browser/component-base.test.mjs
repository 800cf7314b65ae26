import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, builtBundle, componentSite, ITEMS, openBox, type, WORDS } from './component-support.mjs';

test('on a page below the root, relative addresses lead where `base` says, and without it to the folder that holds that of the bundle', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  for (const [attributes, leads] of [[' base="/"', '/docs/mutex.html'], [' base="../"', '/guide/docs/mutex.html'], ['', '/docs/mutex.html'], [' base=""', '/guide/deep/docs/mutex.html']]) {
    const body = `<exemplar-search bundle="/search/bundle.json"${attributes}></exemplar-search>`;
    const site = await componentSite(t, { body, bundle });
    const page = await openBox(t, `${site}guide/deep/`);
    await type(page, 'mutex');
    const [{ href }] = await boxHits(page);
    assert.equal(new URL(href).pathname, leads);
    assert.equal(new URL(href).origin, new URL(site).origin);
  }
});

test('addresses are meant as the page had its own when the box came, whatever page it is moved on to', async (t) => {
  const body = '<exemplar-search bundle="../search/bundle.json" base="../"></exemplar-search>';
  const site = await componentSite(t, { body, bundle: await builtBundle(t, ITEMS, WORDS) });
  const page = await openBox(t, `${site}guide/`);
  // As instant navigation does, which keeps the header of the page and so the box.
  await page.evaluate(() => {
    history.pushState({}, '', '/guide/much/deeper/page.html');
    document.querySelector('exemplar-search').setAttribute('limit', '3');
  });
  await type(page, 'mutex');
  assert.equal(new URL((await boxHits(page))[0].href).pathname, '/docs/mutex.html');
  // The other page's own box has the other page's addresses.
  await page.evaluate(() => {
    const box = document.createElement('exemplar-search');
    box.setAttribute('bundle', '../../../search/bundle.json');
    box.setAttribute('base', '../../../');
    document.querySelector('main').replaceChildren(box);
  });
  await type(page, 'mutex');
  assert.equal(new URL((await boxHits(page))[0].href).pathname, '/docs/mutex.html');
});
