// A bundle in shards, in the search box and in the client: fetched as a query needs it, and what goes wrong on the way.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { box, openBox, startSite, type } from './component-support.mjs';
import { shards } from './shards-support.mjs';
import { API, DIST, atEnd } from './support.mjs';

/**
 * A site with a bundle in shards. `answer` may stand in for a shard: what it returns is sent, and nothing lets the shard be. `scripts`
 * are further files, by path.
 * @returns {Promise<{ address: string, asked: string[], publish(bundle: Awaited<ReturnType<typeof shards>>): void }>}
 */
async function shardedSite(t, bundle, answer = () => undefined, { body, scripts = {} } = {}) {
  const asked = [];
  let now = bundle;
  const send = (response, status, type, body) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };
  const routes = new Proxy({}, {
    get: (_, path) => async (request, response) => {
      if (path === '/search/bundle.json') return send(response, 200, 'application/json', now.manifest);
      if (scripts[path]) return send(response, 200, 'text/javascript', scripts[path]);
      if (!/^\/search\/search-/.test(path)) return false;
      asked.push(path);
      const instead = await answer(path, now.files[path], response);
      if (response.headersSent) return undefined;
      if (instead) return send(response, instead.status ?? 200, 'text/html', instead.body);
      const file = now.files[path];
      return file ? send(response, 200, 'application/octet-stream', file) : send(response, 404, 'text/html', '<p>Not there.</p>');
    },
  });
  const { address, end } = await startSite({ body, routes });
  atEnd(t, end);
  return { address, asked, publish: (next) => (now = next) };
}

/** In the page: what a search answers, with what it was told before. */
async function search([text, options]) {
  const { SearchIndex } = await import('/search/client/exemplar-search.js');
  globalThis.index ??= await SearchIndex.load('/search/bundle.json', { background: false });
  const updates = [];
  const onUpdate = ({ hits, complete }) => updates.push({ hits: hits.length, complete });
  const { hits, ...rest } = await globalThis.index.search({ text }, { onUpdate, ...options });
  return { ...rest, updates, titles: hits.map(({ article }) => article.title), urls: hits.map(({ article }) => article.url) };
}

/** How many shards make the bundle whole: it needs no lists of articles. */
const ofWhole = ({ files }) => Object.keys(files).filter((path) => !path.includes('/articles-')).length;

const QUESTION = 'how do I share data between threads';

test('a search takes a part of the shards, tells what it has so far, and finds what the whole bundle finds', async (t) => {
  const bundle = await shards(t);
  const { address, asked } = await shardedSite(t, bundle);
  const page = await openBox(t, address);
  const part = await page.evaluate(search, [QUESTION]);
  assert.match(part.urls[0], /ch16-\d\d/);
  assert(part.complete > 0.9 && part.complete <= 1, `complete: ${part.complete}`);
  assert(part.updates.length > 0, 'the hits are handed on as they come');
  assert.equal(new Set(asked).size, asked.length, 'no shard is asked for twice');
  assert(asked.length < ofWhole(bundle) / 2, `${asked.length} of ${Object.keys(bundle.files).length} shards`);
  const before = asked.length;
  await page.evaluate(search, [QUESTION]);
  assert.equal(asked.length, before, 'what is there is not asked for again');

  const whole = await page.evaluate(async (text) => {
    await globalThis.index.complete();
    const { hits, complete } = await globalThis.index.search(text);
    return { urls: hits.map(({ article }) => article.url), complete, info: globalThis.index.info };
  }, QUESTION);
  assert.equal(whole.complete, undefined);
  assert.equal(asked.length, ofWhole(bundle), 'each shard once');
  const common = whole.urls.filter((url) => part.urls.includes(url)).length;
  assert(common >= 8, `${common} of ten hits are those of the whole bundle`);
  // Two hits of nearly the same score may change places.
  assert(part.urls.slice(0, 3).includes(whole.urls[0]), `the first hit, ${whole.urls[0]}, is not among ${part.urls.slice(0, 3)}`);
  assert.notEqual(whole.info.vectors, 'shards');
});

test('the first hits need a small core, and the rest comes with the whole bundle', async (t) => {
  const { address } = await shardedSite(t, await shards(t));
  const page = await openBox(t, address);
  const cores = [];
  page.on('request', (request) => cores.push(...(/client\/(pkg[^?]*)/.exec(request.url())?.slice(1) ?? [])));
  await page.evaluate(search, [QUESTION]);
  assert.deepEqual(cores, ['pkg-shards/exemplar_search_bg.wasm.gz']);
  await page.evaluate(() => globalThis.index.complete());
  assert.deepEqual(cores.slice(1).sort(), ['pkg/exemplar_search.js', 'pkg/exemplar_search_bg.wasm.gz']);
});

test('a bundle in one file is no manifest, whatever it begins with', async (t) => {
  const json = await readFile(join(DIST, 'bundles', 'rust-book.json'), 'utf8');
  const manifest = json.replace('{', '{"note":{"version":3},');
  const { address } = await shardedSite(t, { manifest, files: {} });
  const page = await openBox(t, address);
  const { urls, complete } = await page.evaluate(search, [QUESTION]);
  assert.match(urls[0], /ch16-\d\d/);
  assert.equal(complete, undefined);
});

test('an embedding from an API is compared with parts, and that of another model refused', async (t) => {
  const bundle = await shards(t);
  const { address, asked } = await shardedSite(t, bundle);
  const page = await openBox(t, address);
  const found = await page.evaluate(async ([text, vectors]) => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    const index = await SearchIndex.load('/search/bundle.json', { background: false });
    const [{ text: probe }] = index.space.probes;
    const embed = async (asked) => Float32Array.from(vectors[asked === probe ? 'probe' : 'query']);
    await index.verify(embed);
    const other = await index.verify(async () => new Float32Array(index.space.dimensions).fill(0.1)).catch(({ code }) => code);
    const embedding = await embed(text);
    const results = [await index.search({ text, embedding }), await index.search({ embedding })];
    return { other, probe, results: results.map(({ hits, complete, known, method }) => ({ url: hits[0].article.url, hits: hits.length, complete, known, method })) };
  }, [QUESTION, await vectorsOf(bundle, QUESTION)]);
  assert.equal(found.other, 'other-model');
  for (const { url, hits, complete, known } of found.results) {
    assert.match(url, /ch16-\d\d/);
    assert.equal(hits, 10);
    assert(complete > 0.5 && complete <= 1, `complete: ${complete}`);
    assert.equal(known, undefined);
  }
  assert.deepEqual(found.results.map(({ method }) => method), ['whitened+lexical', 'knn+whitened']);
  assert(asked.some((path) => /directions-0/.test(path)));
  assert(!asked.some((path) => /vectors-|rest-/.test(path)), 'no full vectors are needed');
});

/** What the test's API makes of the manifest's probe and of a text. */
async function vectorsOf({ manifest }, text) {
  const { space, probe } = JSON.parse(manifest);
  const body = { model: space.model, input: [probe.text, text].map((text) => space.query.prefix + text) };
  const response = await fetch(`${API}/v1/embeddings`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const { data } = await response.json();
  return { probe: data[0].embedding, query: data[1].embedding };
}

test('a filter and counts take parts, and so does a box that puts the language of the page first', async (t) => {
  const bundle = await shards(t);
  const { address, asked } = await shardedSite(t, bundle, () => undefined, { body: '<exemplar-search bundle="/search/bundle.json" languages="page" filters="lang"></exemplar-search>' });
  // Who saves data gets nothing beside what a search needs.
  const before = (page) => page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }));
  const page = await openBox(t, address, { before });
  await type(page, QUESTION);
  await page.locator('exemplar-search .hit').first().waitFor();
  const { urls, facets, complete } = await page.evaluate(search, [QUESTION, { filter: { lang: ['en'] }, facets: ['lang'] }]);
  assert.match(urls[0], /ch16-\d\d/);
  assert.deepEqual(facets.map(({ field }) => field), ['lang']);
  assert(complete > 0.9, `complete: ${complete}`);
  const none = await page.evaluate(search, [QUESTION, { filter: { lang: ['ja'] } }]);
  assert.deepEqual(none.urls, []);
  const all = Object.keys(bundle.files).length;
  assert(new Set(asked).size < all / 2, `${new Set(asked).size} of ${all} shards`);
});

test('operators restrict what parts find as they do for the whole bundle', async (t) => {
  const { address, asked } = await shardedSite(t, await shards(t));
  const page = await openBox(t, address);
  const queries = ['"interior mutability" pattern', 'threads -mutex', 'title:ownership borrow'];
  const parts = [];
  for (const query of queries) parts.push((await page.evaluate(search, [query, { method: 'lexical', k: 5 }])).urls);
  const before = asked.length;
  await page.evaluate(() => globalThis.index.complete());
  assert(before < asked.length, 'no query had all shards loaded');
  for (const [i, query] of queries.entries()) {
    const { urls, closeness } = await page.evaluate(search, [query, { method: 'lexical', k: 5 }]);
    assert.notEqual(closeness, 'nothing', query);
    assert(urls.length > 0, query);
    assert.deepEqual(parts[i], urls, query);
  }
});

test('what parts cannot answer has the rest loaded', async (t) => {
  const { address } = await shardedSite(t, await shards(t));
  const page = await openBox(t, address);
  const result = await page.evaluate(search, [QUESTION, { passages: 2, k: 5 }]);
  assert(result.urls.some((url) => /ch16-\d\d/.test(url)), result.urls.join());
  assert.equal(result.complete, undefined);
});

test('the SVM and examples are answered by parts, and find what the whole bundle finds', async (t) => {
  const { address, asked } = await shardedSite(t, await shards(t));
  const page = await openBox(t, address);
  const result = await page.evaluate(search, [QUESTION, { method: 'hybrid' }]);
  assert(result.urls.slice(0, 3).some((url) => /ch16-\d\d/.test(url)), result.urls.join());
  assert(result.complete > 0.3 && result.svm.newtonSteps > 0, JSON.stringify(result.svm));
  assert(result.updates.some(({ hits }) => hits > 0), 'hits by the query come before the SVM has learnt');
  const refine = (page) => page.evaluate(async () => {
    const updates = [];
    const onUpdate = ({ hits }) => updates.push(hits.length);
    const { hits: [{ article: { id } }] } = await globalThis.index.search('threads');
    const alike = await globalThis.index.similar(id, { onUpdate });
    const unlike = await globalThis.index.refine({ query: 'threads', less: [id] }, { onUpdate });
    const ids = [alike, unlike].map(({ hits }) => hits.map(({ article }) => article.id));
    return { id, ids, updates, complete: [alike.complete, unlike.complete] };
  });
  const parts = await refine(page);
  for (const [i, ids] of parts.ids.entries()) {
    assert(ids.length === 10 && !ids.includes(parts.id), ids.join());
    assert(parts.complete[i] > 0.3 && parts.complete[i] <= 1, `complete: ${parts.complete[i]}`);
  }
  assert(parts.updates.length > 0);
  const before = asked.length;
  await page.evaluate(() => globalThis.index.complete());
  assert(before < asked.length, 'they have not had all shards loaded');
  const whole = await refine(page);
  for (const [i, ids] of whole.ids.entries()) {
    assert.equal(whole.complete[i], undefined);
    const common = ids.filter((id) => parts.ids[i].includes(id)).length;
    assert(common >= 6, `${common} of ten hits are those of the whole bundle: ${parts.ids[i]}, ${ids}`);
  }
});

test('a build without lists of articles answers examples by the whole bundle', async (t) => {
  const { address } = await shardedSite(t, await shards(t), (path) => (/articles-/.test(path) ? { status: 404, body: '' } : undefined));
  const page = await openBox(t, address);
  const found = await page.evaluate(async () => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    const index = await SearchIndex.load('/search/bundle.json', { background: false });
    const { hits: [{ article }] } = await index.search('threads');
    const { hits, complete } = await index.similar(article.id);
    return { hits: hits.length, complete };
  });
  assert.deepEqual(found, { hits: 10, complete: undefined });
});

test('a shard that cannot be had leaves the other hits, with the reason', async (t) => {
  for (const [what, instead, code] of [
    ['a page with status 200', { body: '<!doctype html><p>Not there.</p>' }, 'shard'],
    ['404', { status: 404, body: '' }, 'http'],
    ['500', { status: 500, body: '' }, 'http'],
    ['429', { status: 429, body: '' }, 'rate-limited'],
    ['half a shard', undefined, 'shard'],
  ]) {
    await t.test(what, async (t) => {
      let fails = true;
      const bundle = await shards(t);
      const { address } = await shardedSite(t, bundle, (path, file) =>
        (fails && /passages-/.test(path) ? instead ?? { body: file.subarray(0, file.length >> 1) } : undefined));
      const page = await openBox(t, address);
      const result = await page.evaluate(search, [QUESTION]);
      assert.equal(result.problem?.code, code, JSON.stringify(result.problem));
      assert(result.urls.length > 0, 'words find what they find');
      assert(result.complete < 0.9, `complete: ${result.complete}`);
      fails = false;
      const again = await page.evaluate(search, [QUESTION]);
      assert.equal(again.problem, undefined);
      assert.match(again.urls[0], /ch16-\d\d/);
    });
  }
});

test('a shard without an end is given up, and the other hits are there', async (t) => {
  for (const [what, most] of [['goes on after its end', 10_000], ['is none', 1 << 20]]) {
    await t.test(`one that ${what}`, async (t) => {
      const chunk = Buffer.alloc(1 << 16, 'endless ');
      let endless;
      const { address } = await shardedSite(t, await shards(t), (path, file, response) => {
        if (!/passages-/.test(path) || path !== (endless ??= path)) return;
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        if (what !== 'is none') response.write(file);
        const more = () => { while (!response.destroyed && response.write(chunk)); };
        response.on('drain', more);
        more();
      });
      const page = await openBox(t, address);
      const result = await page.evaluate(search, [QUESTION]);
      assert.equal(result.problem?.code, 'bad-response', JSON.stringify(result.problem));
      assert(result.urls.length > 0, 'the other shards lead there');
      const [, bytes] = /has more than (\d+) bytes/.exec(result.problem.message);
      assert(Number(bytes) <= most, `${bytes} bytes were waited for`);
    });
  }
});

test('words that could not be looked up are not counted as found', async (t) => {
  let fails = true;
  const { address } = await shardedSite(t, await shards(t), (path) => (fails && /words-/.test(path) ? { status: 404, body: '' } : undefined));
  const page = await openBox(t, address);
  const without = await page.evaluate(search, [QUESTION]);
  assert.equal(without.problem?.code, 'http', JSON.stringify(without.problem));
  assert.equal(without.complete, 0);
  fails = false;
  const again = await page.evaluate(search, [QUESTION]);
  assert.equal(again.problem, undefined);
  assert(again.complete > 0.7, `complete: ${again.complete}`);
});

test('a reader who goes offline half-way keeps what can be had, and goes on later', async (t) => {
  const { address, asked } = await shardedSite(t, await shards(t));
  const page = await openBox(t, address);
  const { urls } = await page.evaluate(search, [QUESTION]);
  await page.context().setOffline(true);
  const before = asked.length;
  const again = await page.evaluate(search, [QUESTION]);
  assert.equal(again.problem, undefined, 'all of it is there');
  assert.deepEqual(again.urls, urls);
  const other = await page.evaluate(search, ['write automated tests']);
  assert.equal(other.problem?.code, 'network', JSON.stringify(other.problem));
  assert.equal(asked.length, before);
  await page.context().setOffline(false);
  const online = await page.evaluate(search, ['write automated tests']);
  assert.equal(online.problem, undefined);
  assert.equal(online.urls.length, 10);
});

test('a site that is published anew in the middle is gone on with', async (t) => {
  const [before, after] = [await shards(t), await shards(t, join(DIST, 'bundles', 'debian-reference-ja.json'))];
  assert.notEqual(before.build, after.build);
  const site = await shardedSite(t, before);
  const page = await openBox(t, site.address);
  assert.match((await page.evaluate(search, [QUESTION])).urls[0], /ch16-\d\d/);
  site.publish(after);
  const { urls, problem } = await page.evaluate(search, ['ネットワークの設定']);
  assert.equal(problem, undefined);
  assert.match(urls[0], /\.ja\.html/);
});

test('an abort ends a search, and the next one is answered', async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const { address } = await shardedSite(t, await shards(t), (path) => (/passages-/.test(path) ? held.then(() => undefined) : undefined));
  const page = await openBox(t, address);
  const name = await page.evaluate(async (text) => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    globalThis.index = await SearchIndex.load('/search/bundle.json', { background: false });
    return globalThis.index.search(text, { signal: AbortSignal.timeout(500) }).catch(({ name }) => name);
  }, QUESTION);
  assert.equal(name, 'TimeoutError');
  release();
  assert.match((await page.evaluate(search, [QUESTION])).urls[0], /ch16-\d\d/);
});

test('the box shows hits from shards, and says when part of them could not be had', async (t) => {
  let fails = true;
  const { address } = await shardedSite(t, await shards(t), (path) => (fails && /passages-/.test(path) ? { status: 503, body: '' } : undefined));
  const page = await openBox(t, address);
  await type(page, QUESTION);
  await page.getByRole('row', { name: /thread/i }).first().waitFor();
  await page.locator('exemplar-search:state(degraded)').waitFor();
  fails = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('exemplar-search:state(results)').waitFor();
  assert.equal(await box(page).inputValue(), QUESTION);
});

test('the rest is loaded while nothing is asked', async (t) => {
  const bundle = await shards(t);
  const { address, asked } = await shardedSite(t, bundle);
  const page = await openBox(t, address);
  await type(page, 'threads');
  const deadline = Date.now() + 60_000;
  while (asked.length < ofWhole(bundle) && Date.now() < deadline) await page.waitForTimeout(200);
  assert.equal(asked.length, ofWhole(bundle));
});

test('a visited site is searched without a network as far as it was loaded, and all of it once complete', async (t) => {
  const { address } = await shardedSite(t, await shards(t), () => undefined, {
    body: '<exemplar-search bundle="/search/bundle.json" offline="/service-worker.js"></exemplar-search>',
    scripts: { '/service-worker.js': await readFile(join(DIST, 'exemplar', 'client', 'service-worker.js')) },
  });
  const page = await openBox(t, address, { console: /ERR_INTERNET_DISCONNECTED|Failed to fetch|no-cors/ });
  await type(page, QUESTION);
  await page.locator('exemplar-search .hit').first().waitFor();
  const before = await page.evaluate(search, [QUESTION]);
  const kept = (count) => page.waitForFunction(async (count) => {
    const cache = await caches.open('exemplar-search-shards-1');
    return (await cache.keys()).length >= count;
  }, count);
  await kept(before.fetched.files);
  await page.context().setOffline(true);
  await page.reload();
  const again = await page.evaluate(search, [QUESTION]);
  assert.deepEqual(again.urls, before.urls);
  assert.equal(again.problem, undefined);
  const other = await page.evaluate(search, ['recoverable errors with Result']);
  assert(other.problem, 'what was not loaded is missing, and the result says so');

  await page.context().setOffline(false);
  await page.evaluate(() => globalThis.index.complete());
  await page.context().setOffline(true);
  await page.reload();
  const all = await page.evaluate(search, ['recoverable errors with Result']);
  assert.equal(all.problem, undefined);
  assert.match(all.urls[0], /ch09/);
});
