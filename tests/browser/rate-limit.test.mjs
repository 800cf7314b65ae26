import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, gateway, hits, open, serve, THREADS } from './support.mjs';

test('429 says how long to wait, and a later try succeeds', async (t) => {
  let refusals = 1;
  const api = await gateway(t, () => {
    if (refusals-- > 0) return { status: 429, headers: { 'retry-after': '7' }, body: { error: { message: 'slow down' } } };
  });
  const page = await open(t, await serve(t), { console: /429/ });
  await page.locator('#facts:not(:empty)').waitFor();
  // The API's own origin stands in for a server that passes 429 on.
  await page.route('**/v1/embeddings', (route) => route.continue({ url: `${api}/v1/embeddings` }));
  await ask(page, THREADS);
  const alert = page.getByRole('alert');
  await alert.getByRole('heading', { name: 'Too many requests' }).waitFor();
  assert.match(await alert.innerText(), /wait 7 s/);
  assert.match(await alert.innerText(), /slow down/);
  await page.getByRole('button', { name: 'Try again' }).click();
  assert.equal((await hits(page, 'knn')).length, 10);
});
