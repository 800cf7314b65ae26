import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, box, boxHits, builtBundle, componentSite, embeddings, inState, ITEMS, openBox, type, WITH_API, WORDS } from './component-support.mjs';

test('a bundle that does not arrive is told, and a retry finds', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  let broken = true;
  const routes = {
    '/search/bundle.json'(_request, response) {
      if (!broken) return false;
      response.statusCode = 503;
      response.end();
    },
  };
  const page = await openBox(t, await componentSite(t, { bundle, routes }), { console: /503/ });
  await type(page, 'mutex');
  await inState(page, 'failed');
  await page.getByText('The search does not work right now').first().waitFor();
  await page.getByText('The server answered with an error.').first().waitFor();
  await accessible(page);
  broken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  assert.equal((await boxHits(page))[0].title, 'Shared state');
});

test('a bundle that stops half-way is given up, and a retry finds', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  let stalled = true;
  const routes = {
    '/search/bundle.json'(_request, response) {
      if (!stalled) return false;
      response.setHeader('content-type', 'application/json');
      response.write(bundle.slice(0, 100));
    },
  };
  const page = await openBox(t, await componentSite(t, { bundle, routes }));
  await type(page, 'mutex');
  await page.getByText('The server did not answer in time.').first().waitFor();
  stalled = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  assert.equal((await boxHits(page))[0].title, 'Shared state');
});

test('without the API the box answers by words, says why, and tries again when asked', async (t) => {
  let status = 503;
  const site = await componentSite(t, { body: WITH_API, bundle: await builtBundle(t, ITEMS, WORDS), routes: embeddings(() => status) });
  const page = await openBox(t, site, { console: /503/ });
  await type(page, 'mutex');
  await inState(page, 'degraded');
  assert.equal((await boxHits(page))[0].title, 'Shared state');
  await page.getByText('Answered on this device, by words alone.').first().waitFor();
  await accessible(page);
  status = undefined;
  await page.getByRole('button', { name: 'Try again' }).click();
  await inState(page, 'results');
  assert.equal((await boxHits(page)).length, 4, 'by meaning all articles are hits');
});

test('with neither words nor encoder nor API the box says that it has no way to search', async (t) => {
  const bundle = JSON.parse(await builtBundle(t, ITEMS.slice(0, 2), WORDS));
  delete bundle.parts.keywords;
  const page = await openBox(t, await componentSite(t, { bundle }));
  await type(page, 'mutex');
  await inState(page, 'failed');
  await page.getByText('no embedding API is named').first().waitFor();
});
