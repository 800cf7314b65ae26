import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, componentSite, openBox, POLICY, type } from './component-support.mjs';

test('where the policy refuses workers, the box ranks on the page\'s own thread, the same', async (t) => {
  const found = [];
  for (const policy of [POLICY, POLICY.replace("worker-src 'self'", "worker-src 'none'")]) {
    const page = await openBox(t, await componentSite(t, { policy }), { console: /worker/ });
    await type(page, 'share data between threads');
    found.push((await boxHits(page)).map(({ title, section }) => [title, section]));
    assert.equal(page.workers().length, policy === POLICY ? 1 : 0);
  }
  assert.deepEqual(found[1], found[0]);
});
