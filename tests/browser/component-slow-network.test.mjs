import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { DIST } from './support.mjs';
import { accessible, box, boxHits, componentSite, deferred, openBox, type } from './component-support.mjs';

/** A route that sends half of the bundle, and the rest when told. */
function halfBundle(release, closed = () => {}) {
  return {
    async '/search/bundle.json'(_request, response) {
      const bytes = await readFile(join(DIST, 'bundles', 'rust-book.json'));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2));
      response.on('close', closed);
      await release;
      response.end(bytes.subarray(bytes.length / 2));
    },
  };
}

test('a slow download shows its bytes, and what was typed meanwhile is answered', async (t) => {
  const release = deferred();
  const page = await openBox(t, await componentSite(t, { routes: halfBundle(release.promise) }));
  await type(page, 'mutex');
  await page.getByText(/Loading the search: .*\d+ kB of .*\d+ kB/).waitFor();
  const bar = page.locator('exemplar-search progress');
  const share = await bar.evaluate(({ value, max }) => value / max);
  assert.ok(share > 0.3 && share < 1, `${share}`);
  await accessible(page);
  release.resolve();
  await boxHits(page);
  assert.equal(await bar.count(), 0);
});

test('a download that is over soon is not told of', async (t) => {
  const address = await componentSite(t);
  const page = await openBox(t, address);
  // Time stands still for the page: however slow this machine is, the download takes none of it.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 1000);
  await page.evaluate(() => {
    const { shadowRoot } = document.querySelector('exemplar-search');
    window.told = false;
    new MutationObserver(() => (window.told ||= Boolean(shadowRoot.querySelector('progress'))))
      .observe(shadowRoot, { childList: true, subtree: true });
  });
  await type(page, 'mutex');
  await page.locator('exemplar-search .hit').first().waitFor();
  assert.equal(await page.evaluate(() => window.told), false);
});

test('a box removed during the download gives it up, and one put back asks again', async (t) => {
  const closed = deferred();
  const page = await openBox(t, await componentSite(t, { routes: halfBundle(new Promise(() => {}), closed.resolve) }));
  await type(page, 'mutex');
  await page.getByText(/Loading the search: .* of/).waitFor();
  await page.evaluate(() => {
    window.box = document.querySelector('exemplar-search');
    window.box.remove();
  });
  await closed.promise;
  await page.unrouteAll();
  await page.route('**/bundle.json', async (route) => route.fulfill({ body: await readFile(join(DIST, 'bundles', 'rust-book.json')) }));
  await page.evaluate(() => document.querySelector('main').append(window.box));
  assert.equal(await box(page).inputValue(), 'mutex');
  await box(page).click();
  await boxHits(page);
});
