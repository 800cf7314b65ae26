// Searching by words: without an embedding API, fused with vectors, and what the page marks.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { API, BIN, copySite, open, serve } from './support.mjs';

const ITEMS = [
  { title: 'Shared state 🦀', url: 'mutex.html', text: 'A Mutex<T> lets one thread at a time have the value. <b>Lock</b> it first.' },
  { title: 'Deploying', url: 'deploy.html', text: 'Push a branch to GitHub Pages.' },
  { title: '所有権', url: 'ja.html', text: '値には所有者がいる。' },
];

/** A site with a bundle that `exemplar build` made of `ITEMS`. */
async function site(t) {
  const dist = await copySite(t, { 'words.json': '' });
  const items = join(dist, 'items.jsonl');
  const bundle = join(dist, 'bundles', 'words.json');
  await writeFile(items, ITEMS.map((item) => JSON.stringify(item)).join('\n'));
  await promisify(execFile)(BIN, ['build', '--items', items, '--api', API, '--model', 'multilingual-e5-small',
    '--query-input-type', 'query', '--passage-input-type', 'passage', '--query-encoder', 'off', '-o', bundle]);
  return { dist, bundle };
}

test('words are found without an embedding API, with the same hits as on the command line', async (t) => {
  const { dist, bundle } = await site(t);
  assert.ok(JSON.parse(await readFile(bundle, 'utf8')).parts.keywords);
  const page = await open(t, await serve(t, { dist, api: 'http://127.0.0.1:9' }));
  const search = (query, options) => page.evaluate(async ([query, options]) => {
    const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    const index = await SearchIndex.load('bundles/words.json');
    try {
      const { method, hits } = await index.search(query, options);
      return { keywords: index.info.keywords, method, hits };
    } catch ({ code, message }) {
      return { code, message };
    } finally {
      index.free();
    }
  }, [query, options]);

  for (const [query, url] of [['mutex lock', 'mutex.html'], ['github', 'deploy.html'], ['所有者', 'ja.html']]) {
    const { keywords, method, hits } = await search(query, { method: 'lexical' });
    assert.deepEqual([keywords, method, hits[0].article.url], [true, 'lexical', url]);
    const { stdout } = await promisify(execFile)(BIN, ['search', bundle, '--query', query, '--method', 'lexical', '--json']);
    assert.deepEqual(hits.map(({ article, highlights }) => [article.id, highlights]),
      JSON.parse(stdout).hits.map(({ article, highlights }) => [article.id, highlights]));
  }
  const { hits: [crab] } = await search({ text: 'shar 🦀', unfinished: true }, { method: 'lexical' });
  assert.deepEqual(crab.highlights.title.map((range) => crab.article.title.slice(...range)), ['Shared', '🦀']);
  assert.deepEqual((await search('\ud800 zygote', { method: 'lexical' })).hits, []);

  const embedding = Array.from({ length: 384 }, (_, i) => (i % 7) - 3);
  const fused = await search({ text: 'github', embedding }, { methods: { knn: 1, lexical: 5 }, fusion: 'rrf' });
  assert.deepEqual([fused.method, fused.hits[0].article.url, fused.hits.length], ['knn+5*lexical', 'deploy.html', 3]);
  assert.equal((await search('github', { method: 'knn' })).code, 'method-needs');
  assert.equal((await search(embedding, { method: 'lexical' })).code, 'method-needs');
  assert.equal((await search('github', { methods: { bm25: 1 } })).code, 'option');
});

test('the page marks the words of the query as text', async (t) => {
  const { dist } = await site(t);
  const page = await open(t, `${await serve(t, { dist })}?q=${encodeURIComponent('lock shared value')}`);
  const hit = page.locator('[data-method="knn"] .hit', { hasText: 'Shared state' });
  await hit.waitFor();
  assert.deepEqual(await hit.locator('.title mark').allTextContents(), ['Shared']);
  assert.deepEqual(await hit.locator('.excerpt mark').allTextContents(), ['value', 'Lock']);
  assert.equal(await hit.locator('.title').textContent(), ITEMS[0].title);
  assert.equal(await hit.locator('.excerpt').textContent(), ITEMS[0].text);
});
