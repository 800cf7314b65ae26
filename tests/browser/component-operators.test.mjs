import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, builtBundle, componentSite, embeddings, inState, ITEMS, openBox, type, WITH_API, WORDS } from './component-support.mjs';

/** The titles that the box shows for each query, one after another. */
async function titles(page, queries) {
  const found = {};
  for (const query of queries) {
    await box(page).fill('');
    await page.locator('exemplar-search .hit').first().waitFor({ state: 'detached' });
    await type(page, query);
    found[query] = (await boxHits(page)).map(({ title }) => title).sort();
  }
  return found;
}

test('quotes, a dash, title: and tag: restrict what the box shows', async (t) => {
  const page = await openBox(t, await componentSite(t, { bundle: await builtBundle(t, ITEMS, WORDS) }));
  const expected = {
    threads: ['Deploying', 'Message passing', 'Shared state'],
    '"between threads"': ['Shared state'],
    'threads -mutex': ['Deploying', 'Message passing'],
    'threads title:deploying': ['Deploying'],
    'thread tag:channels': ['Message passing'],
    '“thread at a time”': ['Shared state'],
    // What would leave nothing to search for is words.
    '-threads': ['Deploying', 'Message passing', 'Shared state'],
  };
  assert.deepEqual(await titles(page, Object.keys(expected)), expected);
});

test('an embedding API gets the text without operators, and meaning is restricted, too', async (t) => {
  const asked = [];
  const routes = embeddings((text) => void asked.push(text));
  const page = await openBox(t, await componentSite(t, { body: WITH_API, bundle: await builtBundle(t, ITEMS, WORDS), routes }));
  await box(page).fill('how is a site published -mutex -title:channel');
  const hits = await boxHits(page);
  await inState(page, 'results');
  assert.equal(hits[0].title, 'Deploying');
  assert(!hits.some(({ title }) => title === 'Shared state'), hits.map(({ title }) => title).join());
  assert(asked.length > 0);
  assert(asked.every((text) => !/-|mutex|title:/.test(text)), asked.join(' | '));
});
