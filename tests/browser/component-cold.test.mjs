// Two lines of HTML give a search box, under a strict policy; nothing heavy is fetched before the reader comes near.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { accessible, box, boxHits, componentSite, isOpen, openBox, type } from './component-support.mjs';

test('a box finds chapters by their words, with links to page and section, and fetches nothing heavy before', async (t) => {
  const page = await openBox(t, await componentSite(t));
  const fetched = [];
  page.on('request', (request) => fetched.push(request.url()));
  await wait(500);
  assert.deepEqual(fetched, []);
  await accessible(page);
  await type(page, 'share data between threads');
  const hits = await boxHits(page);
  assert.ok(fetched.some((url) => url.endsWith('.wasm.gz')));
  assert.ok(hits.length > 3 && hits.length <= 8, `${hits.length} hits`);
  assert.ok(hits.slice(0, 3).some(({ href }) => /ch16-/.test(href)), JSON.stringify(hits));
  assert.ok(hits.some(({ marks }) => marks.some((mark) => /threads/i.test(mark))));
  assert.match(hits.find(({ sectionHref }) => sectionHref).sectionHref, /#./);
  assert.equal(await isOpen(page), true);
  await page.getByRole('status').filter({ hasText: /^\d+ results?$/ }).waitFor();
  await accessible(page);
});

test('a pointer that comes near starts the download', async (t) => {
  const page = await openBox(t, await componentSite(t));
  const wasm = page.waitForRequest(/\.wasm\.gz$/);
  await box(page).hover();
  await wasm;
});
