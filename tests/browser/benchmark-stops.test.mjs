import assert from 'node:assert/strict';
import test from 'node:test';
import { panel } from './panel-support.mjs';
import { ask, hits, open, serve, THREADS } from './support.mjs';

const ROWS = ['Plain JavaScript', 'kNN', 'Whitened', 'SVM', 'Hybrid', 'Words', 'Default, whole'];

test('the benchmark measures each method, and says of what', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  await hits(page, 'hybrid');
  const section = await panel(page, 'benchmark');
  await section.getByRole('button', { name: 'Measure' }).click();
  await section.getByText(/: done$/).waitFor({ timeout: 120_000 });
  const rows = await section.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(rows.map(([name]) => name), ROWS);
  for (const [name, median] of rows) assert.match(median, /^[\d.,]+ ms$/, name);
  const passes = Object.fromEntries(rows.map((row) => [row[0], Number(row[4])]));
  assert.equal(passes.kNN, 1);
  assert.ok(Math.abs(passes.Hybrid - passes.SVM - 1) < 0.11);
  await section.getByText(/passages × 384 dimensions as int8, simd128, one thread/).waitFor();
});

test('the benchmark can be stopped, and its worker ends', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  await hits(page, 'hybrid');
  const section = await panel(page, 'benchmark');
  // That of the search; Playwright may hear of it late.
  if (!page.workers().length) await page.waitForEvent('worker');
  const workers = page.workers().length;
  await section.getByRole('button', { name: 'Measure' }).click();
  await section.getByText(/^Round \d/).waitFor({ timeout: 60_000 });
  assert.equal(page.workers().length, workers + 1);
  await section.getByRole('button', { name: 'Stop' }).click();
  await section.getByText(/^Stopped after round \d/).waitFor();
  await section.getByRole('button', { name: 'Measure' }).waitFor();
  assert.equal(page.workers().length, workers);
});

test('the page answers while the benchmark runs', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  await hits(page, 'hybrid');
  const section = await panel(page, 'benchmark');
  await section.getByRole('button', { name: 'Measure' }).click();
  await page.evaluate(() => scrollTo(0, 0));
  await ask(page, 'when does a value get dropped');
  await page.locator('.hit', { hasText: /drop/i }).first().waitFor();
  await section.getByText(/: done$/).waitFor({ timeout: 120_000 });
});

test('where no worker can be started the benchmark runs between the page\'s own turns', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`, { before: (page) => page.addInitScript(() => delete globalThis.Worker) });
  await hits(page, 'hybrid');
  const section = await panel(page, 'benchmark');
  await section.getByRole('button', { name: 'Measure' }).click();
  await section.getByText(/^Round \d/).waitFor({ timeout: 60_000 });
  await section.getByRole('button', { name: 'Stop' }).click();
  await section.getByText(/^Stopped after round \d/).waitFor({ timeout: 60_000 });
});
