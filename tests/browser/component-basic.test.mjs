// Two lines of HTML give a search box, under a strict policy; nothing heavy is fetched before the reader comes near.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, box, boxHits, chosen, componentSite, isOpen, openBox, type } from './component-support.mjs';

const heavy = (page) => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name)
  .filter((name) => /wasm|bundle|worker|exemplar-search\.js$/.test(name) && !/component/.test(name)));

test('a box finds chapters by their words, below the field, with links to page and section', async (t) => {
  const site = await componentSite(t);
  const page = await openBox(t, site);
  assert.deepEqual(await heavy(page), [], 'nothing heavy is fetched before the reader comes near');
  await accessible(page);
  await type(page, 'share data between threads');
  const hits = await boxHits(page);
  assert.ok(hits.length > 3 && hits.length <= 8, `${hits.length} hits`);
  assert.ok(hits.slice(0, 3).some(({ href }) => /ch16-/.test(href)), JSON.stringify(hits));
  assert.ok(hits.some(({ marks }) => marks.some((mark) => /threads/i.test(mark))));
  const section = hits.find(({ sectionHref }) => sectionHref);
  assert.match(section.sectionHref, /#./);
  assert.equal(await isOpen(page), true);
  await accessible(page);
});

test('the number of results is announced once it stands', async (t) => {
  const page = await openBox(t, await componentSite(t));
  await type(page, 'mutex');
  await page.getByRole('status').filter({ hasText: /^\d+ results?$/ }).waitFor();
});
