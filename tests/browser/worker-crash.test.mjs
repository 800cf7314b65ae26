// A worker that crashes, hangs or is ended by the browser is replaced, and the search that it owed is answered all the same.

import assert from 'node:assert/strict';
import test from 'node:test';
import { box, componentSite, openBox, type } from './component-support.mjs';

/** A page with the box, after its first hits. */
async function searched(t, options) {
  const page = await openBox(t, await componentSite(t), options);
  await type(page, 'threads');
  await first(page, 'Threads');
  return page;
}

/** Types a query in place of the one that is there. */
async function retype(page, query) {
  await box(page).fill('');
  await type(page, query);
}

/** Waits until the first hit has this in its title: hits of the query before would have it in their texts. */
const first = (page, title) => page.locator('exemplar-search .hit').first().locator('.name', { hasText: title }).waitFor();

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
    const crashed = workerOf(page);
    await crashed.evaluate(crash);
    await retype(page, 'ownership');
    await first(page, 'Ownership');
    assert.notEqual(workerOf(page), crashed);
  });
}

const silences = { hangs: () => void setTimeout(() => { for (;;); }), 'was ended': () => close() };

for (const [how, silence] of Object.entries(silences)) {
  test(`where the worker ${how}, it is given up after a minute`, async (t) => {
    const page = await searched(t, { before: (page) => page.clock.install() });
    await workerOf(page).evaluate(silence);
    await retype(page, 'ownership');
    await page.clock.runFor(81_000);
    await first(page, 'Ownership');
  });
}
