import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { API, BIN, copySite, gateway, hits, open, serve, THREADS, THREADS_CHAPTERS } from './support.mjs';

const JAPANESE = [
  { title: '所有権', url: 'ownership.html', text: '値には所有者がいます。値がムーブされると、元の変数は使えなくなります。スコープを抜けると値は破棄されます。' },
  { title: 'スレッド', url: 'threads.html', text: '複数のスレッドでデータを共有するには、ミューテックスで排他制御を行います。並行処理ではデッドロックに注意します。' },
  { title: 'エラー処理', url: 'errors.html', text: '失敗するかもしれない関数は結果を返します。エラーは呼び出し元に伝えるか、その場で処理します。' },
  { title: '文字列', url: 'strings.html', text: '文字列は UTF-8 で保存されます。文字の数え方には注意が必要です。' },
  { title: 'インストール', url: 'install.html', text: '端末でコマンドを実行すると、コンパイラと道具がインストールされます。' },
];

/** A folder with the page and a bundle of {@link JAPANESE}, built with the real model. */
async function japaneseSite(t) {
  const dist = await copySite(t, { 'index.json': [{ name: '日本語', bundle: 'ja.json', lang: 'ja' }] });
  const [items, bundle] = [join(dist, 'items.jsonl'), join(dist, 'bundles/ja.json')];
  await writeFile(items, JAPANESE.map((item) => JSON.stringify(item)).join('\n'));
  await promisify(execFile)(BIN, ['build', '--items', items, '--api', API, '--model', 'multilingual-e5-small',
    '--query-input-type', 'query', '--passage-input-type', 'passage', '-o', bundle]);
  return { dist, bundle };
}

/** Opens the page, waits for its bundle, and takes the network away. Resolves to the page and what it asked for since. */
async function offline(t, address) {
  const page = await open(t, address);
  await page.locator('#facts:not(:empty)').waitFor();
  const asked = [];
  await page.route('**', (route) => {
    const url = route.request().url();
    // Chromium asks for the icon again whenever the address changes.
    if (url.endsWith('/icon.svg')) return route.fulfill({ body: '' });
    // The page's own later modules, of the map and what is below it, come when they are near; they are no answer to a query.
    if (/\/www\/[^?]*\.js$/.test(url)) return route.continue();
    asked.push(url);
    return route.abort();
  });
  return { page, asked };
}

test('with the network blocked, chapters of the Rust Book are found as one types', async (t) => {
  const { page, asked } = await offline(t, await serve(t));
  const box = page.getByRole('searchbox');
  for (const [query, chapter] of [
    [THREADS, THREADS_CHAPTERS],
    ['recover from an error instead of stopping', /ch09/],
  ]) {
    await box.fill('');
    await box.pressSequentially(query, { delay: 5 });
    await page.getByText('Encoded without an API').waitFor();
    await page.locator('[data-method="knn"] .hit a[href]').first().waitFor();
    for (const method of ['knn', 'hybrid']) {
      const found = await hits(page, method);
      assert.ok(found.slice(0, 3).some(({ href }) => chapter.test(href)), `${method}, ${query}: ${found.map(({ href }) => href)}`);
    }
    assert.match(await page.locator('#status').innerText(), /knows about \d+% of the query/);
    assert.ok(await page.locator('[data-method="whitened+lexical"] .hit mark').count(), 'keywords are marked');
    assert.equal(new URL(page.url()).searchParams.get('q'), query, 'the address follows');
  }
  await box.fill('qqxxzz');
  await page.getByText('knows nothing of this query').waitFor();
  assert.equal(await page.locator('[data-method="knn"] .hit').count(), 0);
  assert.equal(await page.getByRole('alert').isVisible(), false);
  assert.deepEqual(asked, [], 'nothing was asked for');
});

test('with the network blocked, chapters of the Debian Reference in Japanese are found as one types', async (t) => {
  const { page, asked } = await offline(t, `${await serve(t)}?bundle=debian-reference-ja`);
  const box = page.getByRole('searchbox');
  for (const [query, chapter] of [
    ['ネットワークの設定方法', 'ch05'],
    ['パッケージを最新にする', 'ch02'],
    ['日本語を入力したい', 'ch08'],
  ]) {
    await box.fill('');
    await box.pressSequentially(query, { delay: 5 });
    await page.getByText('Encoded without an API').waitFor();
    await page.locator('[data-method="knn"] .hit a[href]').first().waitFor();
    const found = await hits(page, 'knn');
    assert.ok(found[0].href.includes(`/${chapter}.ja.html`), `${query}: ${found.map(({ href }) => href)}`);
  }
  assert.deepEqual(asked, [], 'nothing was asked for');
});

test('with the network blocked, a Japanese site is searched as one types', async (t) => {
  const { dist } = await japaneseSite(t);
  const { page, asked } = await offline(t, await serve(t, { dist }));
  for (const [query, expected] of [
    ['データを共有', 'スレッド'],
    ['変数が使えない', '所有権'],
    ['エラーを伝える', 'エラー処理'],
  ]) {
    await page.getByRole('searchbox').fill(query);
    await page.getByText(/about \d+% of the query|約 \d+%/).waitFor();
    await page.waitForFunction(([title]) => document.querySelector('[data-method="knn"] .title')?.textContent === title, [expected]);
  }
  assert.deepEqual(asked, []);
});

test('a text alone has the same hits with the same scores in the browser and on the command line', async (t) => {
  const { dist, bundle } = await japaneseSite(t);
  const page = await open(t, await serve(t, { dist }));
  for (const query of ['データを共有する', 'インストール コンパイラ', 'UTF-8 の文字列', 'xyzzy', '🦀 エラー', 'a\u0301\u202e値']) {
    const { info, encoded, result } = await page.evaluate(async (query) => {
      const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
      const index = await SearchIndex.load('bundles/ja.json');
      const { vector, known } = await index.encode(query);
      const { hits, known: knownToSearch } = await index.search(query, { method: 'knn' });
      index.free();
      return {
        info: index.info.encoder,
        encoded: { dimensions: vector?.length, known },
        result: { known: knownToSearch, hits: hits.map(({ article, score }) => [article.id, score]) },
      };
    }, query);
    const { stdout } = await promisify(execFile)(BIN, ['search', bundle, '--query', query, '--method', 'knn', '--json']);
    const native = JSON.parse(stdout);
    assert.ok(info);
    assert.equal(encoded.dimensions, native.known ? 384 : undefined);
    for (const known of [encoded.known, result.known]) assert.equal(Math.fround(known), Math.fround(native.known));
    assert.deepEqual(result.hits.map(([id, score]) => [id, Math.fround(score)]),
      native.hits.map(({ article, score }) => [article.id, Math.fround(score)]), query);
  }
  const { lone, long } = await page.evaluate(async () => {
    const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    const index = await SearchIndex.load('bundles/ja.json');
    const [lone, long] = [await index.encode('\ud800'), await index.encode('所有権 '.repeat(900))];
    index.free();
    return { lone, long: long.known };
  });
  assert.deepEqual([lone, long], [{ known: 0 }, 1]);
});

test('a bundle without an encoder, or with a damaged one, says so', async (t) => {
  const { dist, bundle } = await japaneseSite(t);
  const whole = JSON.parse(await readFile(bundle, 'utf8'));
  const { encoder, ...rest } = whole.parts;
  await writeFile(join(dist, 'bundles/without.json'), JSON.stringify({ ...whole, parts: rest }));
  const damaged = { ...whole, space: { ...whole.space, model: 'another' } };
  await writeFile(join(dist, 'bundles/damaged.json'), JSON.stringify(damaged));
  assert.ok(encoder.length > 1000);
  const page = await open(t, await serve(t, { dist }));
  const codes = await page.evaluate(async () => {
    const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    const index = await SearchIndex.load('bundles/without.json');
    const code = (promise) => promise.then(() => 'none', ({ code }) => code);
    const codes = [await code(index.encode('値')), await code(index.search('値', { method: 'knn' })), index.info.encoder];
    index.free();
    return [...codes, await code(SearchIndex.load('bundles/damaged.json'))];
  });
  assert.deepEqual(codes, ['no-encoder', 'method-needs', false, 'encoder']);
});

test('the API re-ranks what the encoder found, and a hit that is chosen stays where it is', async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const api = await gateway(t, () => held);
  const page = await open(t, await serve(t, { api }));
  await page.locator('#facts:not(:empty)').waitFor();
  await page.getByRole('searchbox').fill(THREADS);
  await page.keyboard.press('Enter');
  await page.getByText('asking the embedding API').waitFor();
  const link = page.locator('[data-method="knn"] .hit').nth(2).locator('a.title');
  await link.focus();
  const chosen = await link.innerText();
  release();
  await page.getByText('Query embedded in').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), chosen, 'it has the focus still');
  const found = await hits(page, 'knn');
  assert.equal(found[2].title, chosen, 'at the same place');
  assert.equal(new Set(found.map(({ article }) => article)).size, 10, 'and once');
});
