import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import test from 'node:test';
import { boxHits, builtBundle, componentSite, ITEMS, open, WORDS } from './component-support.mjs';

const { resolve } = createRequire(import.meta.url);
const TURBO = { file: '@hotwired/turbo/dist/turbo.es2017-umd.js', takesHits: true };
/** What replaces pages instead of loading them: its script, how a page asks for it, and whether it sees links in shadow roots. */
const LIBRARIES = {
  Turbo: TURBO,
  'Turbo, which keeps the box': { ...TURBO, box: 'id="search" data-turbo-permanent' },
  'htmx boost': { file: 'htmx.org/dist/htmx.min.js', body: 'hx-boost:inherited="true"', takesHits: false },
};
const PAGES = ['/', '/guide/', '/guide/much/deeper/'];

/** A page whose addresses are all relative to it, as generators write them. */
function page(path, { body = '', box = '' }, mode) {
  const root = path === '/' ? './' : '../'.repeat(path.split('/').length - 2);
  const links = PAGES.map((to) => `<a href="${root}${to.slice(1)}">${to}</a>`).join(' ');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${path}</title><script src="${root}library.js"></script>`
    + `<script type="module" src="${root}search/component/exemplar-search.js"></script></head>`
    + `<body ${body}><header><nav>${links}</nav><exemplar-search ${box} mode="${mode}" bundle="${root}search/bundle.json" base="${root}">`
    + `<form action="${root}results/"><input type="search" name="q" placeholder="Search the manual"></form></exemplar-search></header>`
    + `<main><h1>${path}</h1></main></body></html>`;
}

async function site(t, library, mode) {
  const send = (type, content) => (_request, response) => {
    response.setHeader('content-type', type);
    response.end(content);
  };
  const routes = Object.fromEntries([...PAGES, '/docs/mutex.html'].map((path) => [path, send('text/html', page(path, library, mode))]));
  routes['/library.js'] = send('text/javascript', await readFile(resolve(library.file)));
  const policy = "default-src 'self' 'unsafe-inline' 'unsafe-eval'";
  return componentSite(t, { bundle: await builtBundle(t, ITEMS, WORDS), policy, routes });
}

for (const [name, library] of Object.entries(LIBRARIES)) {
  for (const mode of ['field', 'button']) {
    test(`the box works on, after links have been followed by ${name}: ${mode}`, async (t) => {
      const browserPage = await open(t, await site(t, library, mode));
      const listen = () => browserPage.evaluate(() => {
        globalThis.opened = 0;
        addEventListener('exemplar-open', () => (globalThis.opened += 1));
      });
      const arrived = (path) => browserPage.getByRole('heading', { name: path, exact: true }).waitFor();
      const works = async () => {
        assert.equal(await browserPage.locator('exemplar-search').count(), 1);
        // Turbo gives the focus back to the field of a box that it keeps, where Ctrl+K is no shortcut.
        await browserPage.getByRole('heading').click();
        const before = await browserPage.evaluate(() => globalThis.opened);
        const field = browserPage.getByRole('combobox');
        await browserPage.keyboard.press('Control+k');
        assert.equal(await browserPage.evaluate(() => globalThis.opened), before + 1, 'it opens once');
        await field.fill('');
        assert.equal(await field.getAttribute('placeholder'), 'Search the manual');
        await browserPage.keyboard.type('mutex');
        const [{ href }] = await boxHits(browserPage);
        assert.equal(new URL(href).pathname, '/docs/mutex.html');
      };
      const follow = async (path) => {
        await browserPage.keyboard.press('Escape');
        await browserPage.getByRole('link', { name: path, exact: true }).click();
        await arrived(path);
      };
      await listen();
      await works();
      for (const path of ['/guide/', '/guide/much/deeper/', '/guide/']) {
        await follow(path);
        await works();
      }
      await browserPage.keyboard.press('Escape');
      await browserPage.goBack();
      await arrived('/guide/much/deeper/');
      await works();
      await browserPage.keyboard.press('ArrowDown');
      await browserPage.keyboard.press('Enter');
      await arrived('/docs/mutex.html');
      assert.equal(await browserPage.evaluate(() => globalThis.opened !== undefined), library.takesHits, 'a hit is a link as the others');
      if (!library.takesHits) await listen();
      await works();
    });
  }
}
