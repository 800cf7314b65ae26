import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { DIST, open, serve } from './support.mjs';

test('the downloads of bundle and engine are shown in bytes', async (t) => {
  const page = await open(t, await serve(t), {
    before: async (page) => {
      const client = await page.context().newCDPSession(page);
      await client.send('Network.enable');
      await page.addInitScript(() => {
        window.shown = [];
        addEventListener('DOMContentLoaded', () => {
          const note = () => window.shown.push(...[...document.querySelectorAll('#loading output')].map((output) => output.textContent));
          new MutationObserver(note).observe(document.getElementById('loading'), { subtree: true, childList: true });
        });
      });
    },
  });
  await page.locator('#facts:not(:empty)').waitFor();
  assert.equal(await page.locator('#loading').isVisible(), false);
  const shown = await page.evaluate(() => window.shown);
  for (const file of ['bundles/rust-book.json', 'www/client/pkg-whole/exemplar_search_bg.wasm.gz']) {
    const { size } = await stat(join(DIST, file));
    const bytes = size < 1e6 ? `${Math.round(size / 1e3).toLocaleString('en')} kB` : `${(size / 1e6).toFixed(1).replace('.0', '')} MB`;
    assert.ok(shown.includes(`${bytes} of ${bytes}`), `${file} is shown as ${bytes}: ${[...new Set(shown)]}`);
  }
});

test('SearchIndex.load reports growing byte counts of both downloads, ending with the whole', async (t) => {
  const page = await open(t, await serve(t));
  const progress = await page.evaluate(async () => {
    const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    const progress = [];
    await SearchIndex.load('bundles/rust-book.json', { onProgress: (one) => progress.push(one) });
    return progress;
  });
  const sizes = { bundle: 'bundles/rust-book.json', wasm: 'www/client/pkg-whole/exemplar_search_bg.wasm.gz' };
  for (const [phase, file] of Object.entries(sizes)) {
    const steps = progress.filter((one) => one.phase === phase).map(({ loaded }) => loaded);
    assert.deepEqual(steps, steps.toSorted((a, b) => a - b));
    const { size } = await stat(join(DIST, file));
    assert.deepEqual(progress.findLast((one) => one.phase === phase), { phase, loaded: size, total: size });
  }
});
