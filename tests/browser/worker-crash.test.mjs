// A worker that crashes, hangs or is ended by the browser is replaced, and the search that it owed is answered all the same.

import assert from 'node:assert/strict';
import test from 'node:test';
import { componentSite, openBox, type } from './component-support.mjs';

/** A page with the box, after its first hits. */
async function searched(t, options) {
  const page = await openBox(t, await componentSite(t), options);
  await type(page, 'threads');
  await found(page, 'Threads');
  return page;
}

const found = (page, title) => page.locator('exemplar-search .hit', { hasText: title }).first().waitFor();

/** The one worker of the page, as there must never be two. */
function workerOf(page) {
  const workers = page.workers();
  assert.equal(workers.length, 1);
  return workers[0];
}

const crashes = {
  'throws what nobody catches': () => void setTimeout(() => { throw new Error('crash'); }),
  'traps in the core': () => (performance.now = () => { throw new WebAssembly.RuntimeError('unreachable'); }),
};

for (const [how, crash] of Object.entries(crashes)) {
  test(`where the worker ${how}, the next query is answered by a new one`, async (t) => {
    const page = await searched(t, { console: /crash/ });
    const first = workerOf(page);
    await first.evaluate(crash);
    await type(page, 'ownership');
    await found(page, 'Ownership');
    assert.notEqual(workerOf(page), first);
  });
}

const silences = { hangs: () => void setTimeout(() => { for (;;); }), 'was ended': () => close() };

for (const [how, silence] of Object.entries(silences)) {
  test(`where the worker ${how}, it is given up after a minute`, async (t) => {
    const page = await searched(t, { before: (page) => page.clock.install() });
    await workerOf(page).evaluate(silence);
    await type(page, 'ownership');
    await page.clock.runFor(81_000);
    await found(page, 'Ownership');
  });
}
