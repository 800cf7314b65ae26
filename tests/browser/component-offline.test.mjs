import assert from 'node:assert/strict';
import test from 'node:test';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIST } from './support.mjs';
import { boxHits, builtBundle, componentSite, ITEMS, openBox, type } from './component-support.mjs';

const BODY = '<exemplar-search bundle="/search/bundle.json" offline="/service-worker.js"></exemplar-search>';

/** A site with a service worker at its root, and a bundle that can be changed. */
async function siteOf(t, bundles) {
  let current = bundles[0];
  const address = await componentSite(t, {
    body: BODY,
    routes: {
      async '/service-worker.js'(_request, response) {
        response.setHeader('content-type', 'text/javascript');
        response.end(await readFile(join(DIST, 'exemplar', 'client', 'service-worker.js')));
      },
      '/search/bundle.json'(_request, response) {
        response.setHeader('content-type', 'application/json');
        response.end(current);
      },
    },
  });
  return { address, update: () => (current = bundles[1]) };
}

test('a site once visited is searched without a network, and a new bundle is found at the next visit', async (t) => {
  const newer = [...ITEMS, { title: 'Zygote', url: 'docs/zygote.html', text: 'What a zygote is.' }];
  const site = await siteOf(t, [await builtBundle(t, ITEMS), await builtBundle(t, newer)]);
  const page = await openBox(t, site.address, { console: /ERR_INTERNET_DISCONNECTED|Failed to fetch|no-cors/ });
  const finds = async (query, title) => {
    await type(page, query);
    await page.locator('exemplar-search .hit', { hasText: title }).waitFor();
  };
  await finds('mutex', 'Shared state');
  // What was fetched before the service worker was there is fetched once more, by it; the rest is kept as it arrives.
  await page.waitForFunction(async () => {
    const kept = await Promise.all(['/', '/search/component/exemplar-search.js', '/search/client/worker.js', '/search/bundle.json', '/search/client/pkg-whole/exemplar_search_bg.wasm.gz']
      .map((path) => caches.match(path)));
    return kept.every(Boolean);
  });

  await page.context().setOffline(true);
  await page.reload();
  await finds('mutex', 'Shared state');
  await page.context().setOffline(false);

  site.update();
  await page.getByRole('combobox').fill('publish');
  await page.locator('exemplar-search .hit', { hasText: 'Deploying' }).waitFor();
  await page.reload();
  await finds('zygote', 'Zygote');
  await page.context().setOffline(true);
  await page.reload();
  await finds('zygote', 'Zygote');
});

test('no number of pages drives out what searches, a page for a file is not kept, and a name with digits is no hash', async (t) => {
  const bundle = await builtBundle(t, ITEMS);
  let menu = 'first';
  let broken = false;
  const answer = (type, content) => (_request, response) => {
    response.setHeader('content-type', type);
    response.end(content());
  };
  const address = await componentSite(t, {
    body: BODY,
    routes: {
      '/service-worker.js': answer('text/javascript', () => readFileSync(join(DIST, 'exemplar', 'client', 'service-worker.js'))),
      '/search/bundle.json': answer('application/json', () => bundle),
      '/menu-20240501.json': answer('application/json', () => JSON.stringify(menu)),
      // What a host does that answers every address with its first page.
      '/search/client/worker.js': (_request, response) => (broken ? answer('text/html', () => '<!doctype html>')(_request, response) : false),
    },
  });
  const page = await openBox(t, address, { console: /ERR_INTERNET_DISCONNECTED|Failed to fetch|no-cors/ });
  const finds = async () => {
    await type(page, 'mutex');
    await page.locator('exemplar-search .hit', { hasText: 'Shared state' }).waitFor();
  };
  const menuOf = () => page.evaluate(() => fetch('/menu-20240501.json').then((response) => response.json()));
  await finds();
  await page.waitForFunction(() => caches.match('/search/client/pkg/exemplar_search_bg.wasm.gz', { cacheName: 'exemplar-search-files-1' }));
  assert.equal(await menuOf(), 'first');
  menu = 'second';
  assert.equal(await menuOf(), 'second');

  await page.evaluate(async () => {
    for (let i = 0; i < 330; i += 10) await Promise.all(Array.from({ length: 10 }, (_, j) => fetch(`/?n=${i + j}`).then((response) => response.text())));
  });
  broken = true;
  await page.reload();
  await finds();
  await page.context().setOffline(true);
  await page.reload();
  await finds();
});

test('a date in the name of a file is no hash: such a file is asked for again', async (t) => {
  let version = 1;
  const address = await componentSite(t, {
    body: BODY,
    bundle: await builtBundle(t, ITEMS),
    routes: {
      async '/service-worker.js'(_request, response) {
        response.setHeader('content-type', 'text/javascript');
        response.end(await readFile(join(DIST, 'exemplar', 'client', 'service-worker.js')));
      },
      '/menu-20240501.json': (_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ version })),
    },
  });
  const page = await openBox(t, address);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller ?? new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))));
  const menu = () => page.evaluate(async () => (await (await fetch('/menu-20240501.json')).json()).version);
  assert.equal(await menu(), 1);
  version = 2;
  await page.reload();
  assert.equal(await menu(), 2);
});
