import assert from 'node:assert/strict';
import test from 'node:test';
import { boxHits, componentSite, openBox, POLICY, type } from './component-support.mjs';

test('where the policy refuses WebAssembly, the core in JavaScript gives the same hits', async (t) => {
  const policy = POLICY.replace(" 'wasm-unsafe-eval'", '');
  assert.notEqual(policy, POLICY);
  const found = [];
  for (const [allowed, options] of [[POLICY, {}], [policy, { console: /WebAssembly|unsafe-eval/ }]]) {
    const page = await openBox(t, await componentSite(t, { policy: allowed }), options);
    const fetched = [];
    page.on('request', (request) => fetched.push(request.url()));
    await type(page, 'share data between threads');
    const hits = await boxHits(page);
    assert.equal(fetched.some((url) => url.includes('pkg-js')), allowed !== POLICY, 'it is fetched only then');
    // All methods, not just the words: the vector methods by an article that the reader likes.
    await page.locator('exemplar-search .hit').first().hover();
    await page.locator('exemplar-search [part="more"]').first().click();
    await page.locator('exemplar-search [part="example"]').waitFor();
    found.push([hits, await boxHits(page)].map((hits) => hits.map(({ title, section, marks }) => [title, section, marks])));
  }
  assert.deepEqual(found[1], found[0]);
});
