import assert from 'node:assert/strict';
import test from 'node:test';
import { marks, panel } from './panel-support.mjs';
import { hits, open, serve, THREADS } from './support.mjs';

test('what the sections below the hits need is not downloaded before they are near', async (t) => {
  const asked = [];
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`, {
    before: (page) => page.on('request', (request) => asked.push(new URL(request.url()).pathname)),
  });
  await hits(page, 'hybrid');
  await page.waitForTimeout(500);
  const before = asked.length;
  assert.ok(asked.every((path) => !/benchmark[^/]*\.js|map|how-/.test(path) || path.endsWith('.css')), asked.join(' '));
  await marks(page);
  assert.ok(asked.length > before);
  assert.ok(asked.every((path) => !/benchmark-worker|benchmark-run/.test(path)));
});

test('a section that cannot be loaded says so, and the hits stay', async (t) => {
  const page = await open(t, await serve(t), { console: /ERR_FAILED/, before: (page) => page.route('**/page/benchmark.js', (route) => route.abort()) });
  const section = page.locator('#benchmark');
  await page.locator('#facts:not(:empty)').waitFor();
  await section.scrollIntoViewIfNeeded();
  await section.getByRole('alert').filter({ hasText: 'could not be shown' }).waitFor();
  await panel(page, 'how');
});
