import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, hits, METHODS, open, serve, THREADS_CHAPTERS } from './support.mjs';

test('a Japanese question finds the English chapters', async (t) => {
  const page = await open(t, await serve(t));
  await ask(page, 'スレッド間でデータを共有するには');
  for (const method of METHODS) {
    const found = await hits(page, method);
    assert.match(found[0].href, THREADS_CHAPTERS, `${method}'s first hit`);
  }
  assert.equal(new URL(page.url()).searchParams.get('q'), 'スレッド間でデータを共有するには');
});
