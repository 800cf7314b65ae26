// The fingerprint of the embedding space: an API of another model is told before its noise is shown.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { API, ask, copySite, DIST, hits, open, serve, THREADS } from './support.mjs';

const PROBE = 'the tides of the sea';

/** The site's bundle with a probe: the API's own vector turned by `turned` axes, as if of another model. */
async function withProbe(turned) {
  const answer = await fetch(`${API}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'multilingual-e5-small', input: PROBE, input_type: 'query' }),
  });
  const vector = (await answer.json()).data[0].embedding;
  vector.push(...vector.splice(0, turned));
  const bundle = JSON.parse(await readFile(join(DIST, 'bundles', 'rust-book.json'), 'utf8'));
  // With its own encoder the page would show what that finds.
  delete bundle.parts.encoder;
  bundle.space.probes = [{ text: PROBE, vector }];
  return bundle;
}

test('the page says that the API answers with another model, and shows no hits', async (t) => {
  const dist = await copySite(t, { 'other.json': await withProbe(1), 'same.json': await withProbe(0) });
  const page = await open(t, await serve(t, { dist }));
  await ask(page, THREADS);
  const alert = page.getByRole('alert');
  await alert.getByRole('heading', { name: 'This API answers with another model' }).waitFor();
  assert.match(await alert.innerText(), /the tides of the sea.*multilingual-e5-small/);
  assert.equal(await page.locator('.hit').count(), 0);
  assert.ok(await alert.getByRole('button', { name: 'Settings' }).isVisible());

  await page.getByRole('combobox', { name: 'Site' }).selectOption('same.json');
  await ask(page, THREADS);
  assert.equal((await hits(page, 'knn')).length, 10);
});

test('an index makes embedders that ask for the probe once, and fail with a code', async (t) => {
  const dist = await copySite(t, { 'other.json': await withProbe(7), 'same.json': await withProbe(0) });
  const page = await open(t, await serve(t, { dist }));
  const texts = [];
  page.on('request', (request) => request.method() === 'POST' && texts.push(request.postDataJSON().input));
  const outcome = await page.evaluate(async () => {
    const { SearchIndex, ExemplarError } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    const same = await SearchIndex.load('bundles/same.json');
    const embed = same.embedder({ endpoint: 'v1/embeddings' });
    const lengths = [(await embed('one')).length, (await embed('two')).length];
    const other = await SearchIndex.load('bundles/other.json');
    const failed = other.embedder({ endpoint: 'v1/embeddings' });
    const codes = [];
    for (const text of ['three', 'four']) {
      await failed(text).catch((error) => codes.push([error.code, error instanceof ExemplarError, error.message]));
    }
    return { lengths, codes };
  });
  assert.deepEqual(outcome.lengths, [384, 384]);
  for (const [code, isOurs, message] of outcome.codes) {
    assert.deepEqual([code, isOurs], ['other-model', true]);
    assert.match(message, /this API answers with another model/);
  }
  assert.deepEqual(texts.toSorted(), ['four', 'one', PROBE, PROBE, PROBE, 'three', 'two'].map((text) => `query: ${text}`).toSorted());
});
