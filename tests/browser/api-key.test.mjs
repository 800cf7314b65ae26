import assert from 'node:assert/strict';
import test from 'node:test';
import { ANY_ORIGIN, ask, gateway, hits, open, serve, THREADS, THREADS_CHAPTERS, withApiAlone, withPreflight } from './support.mjs';

const KEY = 'sk-of-this-reader-only';

test('a missing key is named; the key goes to the endpoint alone and is kept nowhere', async (t) => {
  const seen = [];
  const api = await gateway(t, withPreflight(({ headers }) => {
    seen.push(headers.authorization);
    if (headers.authorization !== `Bearer ${KEY}`) return { status: 401, body: { error: { message: 'no such key' } } };
  }), { headers: ANY_ORIGIN });
  const site = await serve(t, { dist: await withApiAlone(t) });
  const elsewhere = [];
  const page = await open(t, site, {
    console: /401/,
    before: (page) => page.on('request', async (request) => {
      if (!request.url().startsWith(api)) elsewhere.push(request.url(), JSON.stringify(await request.allHeaders()));
    }),
  });
  await page.locator('#facts:not(:empty)').waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Endpoint').fill(`${api}/v1/embeddings`);
  await page.getByRole('button', { name: 'Apply' }).click();
  await ask(page, THREADS);

  const alert = page.getByRole('alert');
  await alert.getByRole('heading', { name: 'The API refuses the key' }).waitFor();
  assert.match(await alert.innerText(), /no such key/);
  assert.deepEqual(seen, [undefined]);

  await alert.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Key', { exact: true }).fill(KEY);
  await page.getByRole('button', { name: 'Apply' }).click();
  assert.match((await hits(page, 'knn'))[0].href, THREADS_CHAPTERS);
  assert.deepEqual(seen, [undefined, `Bearer ${KEY}`]);

  const kept = await page.evaluate(async () => JSON.stringify([
    location.href, history.state, document.cookie, { ...localStorage }, { ...sessionStorage },
    await indexedDB.databases(), await caches.keys(), document.documentElement.outerHTML,
  ]));
  assert.ok(!kept.includes(KEY), 'the key is in no address, storage or markup');
  assert.ok(!elsewhere.some((text) => text.includes(KEY)), 'the key is in no other request');
});

test('a key is not carried along by a redirect', async (t) => {
  const other = [];
  const target = await gateway(t, (request) => void other.push(request.headers), { headers: ANY_ORIGIN });
  const api = await gateway(t, withPreflight(() => ({ status: 307, headers: { location: `${target}/v1/embeddings` } })), { headers: ANY_ORIGIN });
  const page = await open(t, await serve(t));
  const code = await page.evaluate(async ([endpoint, apiKey]) => {
    const { openaiEmbedder } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    return openaiEmbedder({ endpoint, model: 'e5', apiKey })('text').catch(({ code }) => code);
  }, [`${api}/v1/embeddings`, KEY]);
  assert.equal(code, 'http');
  assert.deepEqual(other, []);
});
