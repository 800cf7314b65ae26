import assert from 'node:assert/strict';
import test from 'node:test';
import { hits, METHODS, open, serve, THREADS } from './support.mjs';

const ways = {
  'workers do not exist': (page) => page.addInitScript(() => delete globalThis.Worker),
  'a policy forbids workers': (page) =>
    page.addInitScript(() => {
      globalThis.Worker = class {
        constructor() {
          throw new DOMException('refused', 'SecurityError');
        }
      };
    }),
  'the worker\'s script does not load': (page) => page.route('**/worker.js', (route) => route.abort()),
};

for (const [way, before] of Object.entries(ways)) {
  test(`where ${way}, ranking on the page's own thread gives the same hits`, async (t) => {
    const address = `${await serve(t)}?q=${encodeURIComponent(THREADS)}`;
    const page = await open(t, address, { before, console: /worker\.js/ });
    const inPage = [];
    for (const method of METHODS) inPage.push(await hits(page, method));
    await page.getByText('no worker could be started').waitFor();

    const other = await open(t, address);
    const inWorker = [];
    for (const method of METHODS) inWorker.push(await hits(other, method));
    assert.deepEqual(inPage, inWorker);
    assert.equal(await other.getByText('no worker could be started').count(), 0);
  });
}
