import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, bundleOfPages, componentSite, openBox, type } from './component-support.mjs';

const TAG = '<exemplar-search bundle="/search/bundle.json" method="lexical"></exemplar-search>';

const PAGES = {
  'tides.html': `<!doctype html><html lang="en"><title>Tides</title><main><h1>Tides</h1><p>The sea moves.</p>
    <h2 id="ebb">Ebb</h2><p>Low water uncovers mussels.</p>
    <h2 id="flood">Flood</h2><h3 id="spring">Spring tide</h3><p>High water carries driftwood.</p></main>`,
  'winds.html': '<!doctype html><html lang="en"><title>Winds</title><main><h1>Winds</h1><p>The air moves.</p></main>',
};

test('a page that is one passage leads to its section with the word', async (t) => {
  const page = await openBox(t, await componentSite(t, { body: TAG, bundle: await bundleOfPages(PAGES) }));
  const first = async (query) => {
    await page.getByRole('combobox').fill('');
    await type(page, query);
    await page.waitForFunction((query) => {
      const { shadowRoot } = document.querySelector('exemplar-search');
      return shadowRoot.querySelector('.hit mark')?.textContent.toLowerCase() === query;
    }, query);
    const [{ href, section, sectionHref }] = await boxHits(page);
    return [new URL(href).hash, section, sectionHref && new URL(sectionHref).hash];
  };
  assert.deepEqual(await first('mussels'), ['', 'Ebb', '#ebb']);
  assert.deepEqual(await first('driftwood'), ['', 'Flood › Spring tide', '#spring']);
  // What stands before the first heading is the page's own.
  assert.deepEqual(await first('sea'), ['', undefined, undefined]);
});

test('what a damaged bundle says of sections does no harm', async (t) => {
  const bundle = JSON.parse(await bundleOfPages(PAGES));
  const damaged = [{ line: 0, heading: [1, null], anchor: {} }, null, 3, { line: {} }];
  bundle.passages = bundle.passages.map((passage) => ({ ...passage, sections: damaged }));
  const page = await openBox(t, await componentSite(t, { body: TAG, bundle }));
  await type(page, 'mussels');
  const [{ title, sectionHref }] = await boxHits(page);
  assert.deepEqual([title, sectionHref], ['Tides', undefined]);
});
