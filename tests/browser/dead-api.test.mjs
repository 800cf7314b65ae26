import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, copySite, freePort, gateway, hits, open, serve, smallBundle, THREADS, THREADS_CHAPTERS } from './support.mjs';

test('a dead embedding API is named, and trying again works once it is back', async (t) => {
  const port = await freePort();
  const site = await serve(t, { api: `http://127.0.0.1:${port}` });
  const page = await open(t, site, { console: /502/ });
  await ask(page, THREADS);

  const alert = page.getByRole('alert');
  await alert.getByRole('heading').waitFor();
  assert.match(await alert.innerText(), /The server cannot answer now/);
  assert.match(await alert.locator('.detail').innerText(), /v1\/embeddings answered 502/);
  assert.equal(await page.getByRole('searchbox').inputValue(), THREADS, 'the query is kept');
  assert.equal((await hits(page, 'knn')).length, 10, 'what the query encoder found stays');

  await page.getByRole('button', { name: 'Try again' }).click();
  await alert.getByRole('heading').waitFor();

  await gateway(t, undefined, { port });
  await page.getByRole('button', { name: 'Try again' }).click();
  assert.match((await hits(page, 'knn'))[0].href, THREADS_CHAPTERS);
  assert.equal(await alert.isVisible(), false);
});

test('similar articles need no API', async (t) => {
  const port = await freePort();
  const site = await serve(t, { api: `http://127.0.0.1:${port}` });
  const page = await open(t, `${site}?similar=ch16-03-shared-state.html`);
  assert.equal((await hits(page, 'svm')).length, 10);
});

test('a host without an embedding API says so', async (t) => {
  const before = (page) => page.route('**/v1/embeddings', (route) => route.fulfill({ status: 404, body: 'File not found' }));
  const found = await open(t, `${await serve(t)}?q=threads`, { console: /404/, before });
  await found.getByText('Encoded without an API').waitFor();
  assert.equal((await hits(found, 'knn')).length, 10);
  assert.equal(await found.getByRole('alert').isVisible(), false, 'a bundle with a query encoder needs none');

  const dist = await copySite(t, { 'small.json': smallBundle([{}, {}, {}]) });
  const page = await open(t, `${await serve(t, { dist })}?q=threads`, { console: /404/, before });
  await page.getByRole('heading', { name: 'There is no embedding API here' }).waitFor();
  assert.match(await page.locator('#problem .detail').innerText(), /v1\/embeddings answered 404/);
});
