import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { API, BIN, DIST, METHODS, open, serve, THREADS } from './support.mjs';

test('`exemplar search` and the browser give the same hits with the same scores', async (t) => {
  const answer = await fetch(`${API}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'multilingual-e5-small', input: THREADS, input_type: 'query' }),
  });
  const [{ embedding }] = (await answer.json()).data;
  const folder = await mkdtemp(join(tmpdir(), 'exemplar-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'embedding.json');
  await writeFile(file, JSON.stringify(embedding));

  const page = await open(t, await serve(t));
  for (const method of METHODS) {
    const bundle = join(DIST, 'bundles', 'rust-book.json');
    const { stdout } = await promisify(execFile)(BIN, ['search', bundle, '--embedding', file, '--method', method, '-k', '20', '--json']);
    const native = JSON.parse(stdout).hits;
    const browser = await page.evaluate(async ([embedding, method]) => {
      const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
      const index = await SearchIndex.load('bundles/rust-book.json');
      return (await index.search(embedding, { method, k: 20 })).hits;
    }, [embedding, method]);
    assert.equal(browser.length, 20);
    assert.deepEqual(browser.map(({ article }) => article.id), native.map(({ article }) => article.id));
    for (const [i, { score, scores }] of browser.entries()) {
      assert.ok(Math.abs(score - native[i].score) < 1e-4, `${method}, hit ${i + 1}: ${score} and ${native[i].score}`);
      for (const part of Object.keys(scores)) assert.ok(Math.abs(scores[part] - native[i].scores[part]) < 1e-4);
    }
  }
});
