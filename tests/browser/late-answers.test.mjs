import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import test from 'node:test';
import { ask, gateway, hits, open, serve, THREADS } from './support.mjs';

function deferred() {
  let resolve;
  return { promise: new Promise((to) => (resolve = to)), resolve };
}

test('a late answer never overwrites a newer one', async (t) => {
  let first = true;
  const arrived = deferred();
  const release = deferred();
  const api = await gateway(t, async () => {
    if (!first) return;
    first = false;
    arrived.resolve();
    await release.promise;
  });
  const page = await open(t, await serve(t, { api }));
  await ask(page, THREADS);
  await arrived.promise;
  await ask(page, 'when does a value get dropped');
  const newer = await hits(page, 'knn');
  release.resolve();
  await wait(1000);
  assert.deepEqual(await hits(page, 'knn'), newer);
  assert.ok(newer.slice(0, 3).some(({ title }) => /drop/i.test(title)), 'the hits are the newer query\'s');
  assert.equal(await page.getByRole('alert').isVisible(), false);
});
