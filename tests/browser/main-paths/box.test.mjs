import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { atEnd, DIST } from '../support.mjs';
import { startSite, TAG } from '../component-support.mjs';
import { open, until } from './support.mjs';

/** `{ title, href, marks }` of the box's hits, once it has nothing better to come and the first is as wanted. */
const hits = (page, first) => until(page, (first) => {
  const { shadowRoot } = document.querySelector('exemplar-search');
  if (!shadowRoot.querySelector('.list[aria-busy="false"]')) return false;
  const hits = [...shadowRoot.querySelectorAll('.hit')].map((hit) => ({
    title: hit.querySelector('.name').textContent,
    href: hit.querySelector('a').href,
    marks: hit.querySelectorAll('mark').length,
  }));
  return hits[0]?.title.includes(first) && hits;
}, first);

test('the box opens by a shortcut, finds by meaning without a network, and Enter leads to the hit that is chosen', async (t) => {
  const { address, end } = await startSite();
  atEnd(t, end);
  const page = await open(t, address);
  await until(page, () => customElements.get('exemplar-search'));
  await page.keyboard.press('/');
  await until(page, () => document.querySelector('exemplar-search').open);
  await page.keyboard.type('mutex');
  await hits(page, 'Shared-State');

  end();
  await page.keyboard.down('Shift');
  await page.keyboard.press('Home');
  await page.keyboard.up('Shift');
  await page.keyboard.type('parallel');
  const found = await hits(page, 'Fearless');
  // This chapter does not have the word.
  const other = found.slice(0, 4).find(({ title }) => title === 'Using Threads to Run Code Simultaneously');
  assert.equal(other?.marks, 0, JSON.stringify(found));

  await page.keyboard.press('ArrowDown');
  const chosen = await page.evaluate(() => {
    const { shadowRoot } = document.querySelector('exemplar-search');
    document.addEventListener('exemplar-select', (event) => {
      event.preventDefault();
      window.selected = event.detail.url;
    });
    return shadowRoot.getElementById(shadowRoot.querySelector('input').getAttribute('aria-activedescendant')).querySelector('a').href;
  });
  assert.equal(chosen, found[0].href);
  await page.keyboard.press('Enter');
  assert.equal(await until(page, () => window.selected), chosen);
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.querySelector('exemplar-search').open), false);
});

test('a site once visited is searched without a network after a reload', async (t) => {
  const { address, end } = await startSite({
    body: TAG.replace('>', ' offline="/service-worker.js">'),
    routes: {
      async '/service-worker.js'(_request, response) {
        response.setHeader('content-type', 'text/javascript');
        response.end(await readFile(join(DIST, 'exemplar', 'client', 'service-worker.js')));
      },
    },
  });
  atEnd(t, end);
  const page = await open(t, address, /Failed to load|NetworkError|ServiceWorker/);
  const find = async () => {
    await until(page, () => customElements.get('exemplar-search'));
    await page.keyboard.press('/');
    await page.keyboard.type('mutex');
    await hits(page, 'Shared-State');
  };
  await find();
  await until(page, async () => {
    const paths = ['/', '/search/component/exemplar-search.js', '/search/client/worker.js', '/search/bundle.json', '/search/client/pkg-whole/exemplar_search_bg.wasm.gz'];
    return (await Promise.all(paths.map((path) => caches.match(path)))).every(Boolean);
  });
  end();
  await page.reload();
  await find();
});

test('a dialog, in the page\'s language and colours, is within the screen and gives the focus back', async (t) => {
  const { address, end } = await startSite({
    body: `<button id="before">x</button>${TAG.replace('>', ' mode="button">')}`,
    html: 'lang="ar" dir="rtl" data-theme="dark" style="zoom: 1.25; font-size: 62.5%; letter-spacing: 9px"',
    policy: "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
  });
  atEnd(t, end);
  const page = await open(t, address);
  await until(page, () => document.querySelector('exemplar-search').shadowRoot?.querySelector('.button-label')?.textContent === 'بحث');
  await page.focus('#before');
  await page.keyboard.press('/');
  await until(page, () => document.querySelector('exemplar-search').open);
  await page.keyboard.type('mutex');
  await hits(page, 'Shared-State');
  const seen = await page.evaluate(() => {
    const { shadowRoot } = document.querySelector('exemplar-search');
    const { left, right, top, bottom } = shadowRoot.querySelector('dialog').getBoundingClientRect();
    const { fontSize, letterSpacing, colorScheme, direction } = getComputedStyle(shadowRoot.querySelector('.name'));
    return { within: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight, fontSize, letterSpacing, colorScheme, direction };
  });
  assert.deepEqual(seen, { within: true, fontSize: '16px', letterSpacing: 'normal', colorScheme: 'dark', direction: 'ltr' });
  await page.keyboard.press('Escape');
  assert.deepEqual(await page.evaluate(() => [document.querySelector('exemplar-search').open, document.activeElement.id]), [false, 'before']);
});
