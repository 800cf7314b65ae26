import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, builtBundle, componentSite, openBox, type, WORDS } from './component-support.mjs';

const TEXT = 'A Mutex lets one thread at a time have the value. Lock it first, then share it.';
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Locks</title><p>A lock of hair, and to lock a door.</p><div style="height: 3000px"></div>
  <h2 id="shared">Shared</h2><p>${TEXT}</p><script>window.found = location.href</script>`;
const bundleOf = (t) => builtBundle(t, [{ title: 'Shared state', url: 'locks.html', text: TEXT, lang: 'en' }], WORDS);
const routes = { '/locks.html': (_request, response) => response.setHeader('content-type', 'text/html').end(page) };
const policy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

test('with `mark-words`, the page that a hit leads to shows and marks where its words are, and does not see it in its address', async (t) => {
  const body = '<exemplar-search bundle="/search/bundle.json" mark-words></exemplar-search>';
  const site = await componentSite(t, { body, bundle: await bundleOf(t), routes, policy });
  const tab = await openBox(t, site);
  await type(tab, 'lock first');
  const [{ href }] = await boxHits(tab);
  assert.equal(href, `${site}locks.html#:~:text=Lock,-it&text=it-,first`);
  await tab.locator('exemplar-search .hit a').first().click();
  await tab.waitForURL(/locks\.html/);
  await tab.waitForFunction(() => scrollY > 1000);
  assert.equal(await tab.evaluate(() => window.found), `${site}locks.html`, 'no trace');
});

test('without it, addresses are as they are', async (t) => {
  const site = await componentSite(t, { bundle: await bundleOf(t), routes });
  const tab = await openBox(t, site);
  await type(tab, 'lock first');
  assert.equal((await boxHits(tab))[0].href, `${site}locks.html`);
});
