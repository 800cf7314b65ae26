import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ask, copySite, DIST, hits, open, serve, THREADS } from './support.mjs';

test('the page works below a sub-path', async (t) => {
  const bundle = await readFile(join(DIST, 'bundles', 'rust-book.json'), 'utf8');
  const dist = await copySite(t, { 'rust-book.json': bundle }, 'some/project');
  const site = await serve(t, { dist });
  const page = await open(t, `${site}some/project/`);
  await page.locator('#facts:not(:empty)').waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Endpoint').fill('../../v1/embeddings');
  await page.getByRole('button', { name: 'Apply' }).click();
  await ask(page, THREADS);
  const [{ href }] = await hits(page, 'knn');
  assert.ok(href.startsWith(`${site}some/project/sites/rust-book/`), href);
  assert.match(page.url(), /\/some\/project\/\?q=/);
});
