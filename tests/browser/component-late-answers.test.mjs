import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import test from 'node:test';
import { box, boxHits, componentSite, deferred, embeddings, openBox, WITH_API } from './component-support.mjs';

test('a late answer never overwrites a newer one in the box', async (t) => {
  const [arrived, release] = [deferred(), deferred()];
  const routes = embeddings(async (text) => {
    if (text !== 'how do I share data between threads') return;
    arrived.resolve();
    await release.promise;
  });
  const page = await openBox(t, await componentSite(t, { body: WITH_API, routes }));
  await box(page).fill('how do I share data between threads');
  await arrived.promise;
  await box(page).fill('when does a value get dropped');
  const newer = await boxHits(page);
  assert.ok(newer.slice(0, 3).some(({ title }) => /drop/i.test(title)), JSON.stringify(newer));
  release.resolve();
  await wait(700);
  assert.deepEqual(await boxHits(page), newer);
});
