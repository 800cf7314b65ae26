// The public JS API, as a site's own page would use it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test from 'node:test';
import { ANY_ORIGIN, atEnd, freePort, gateway, open, serve, withPreflight } from './support.mjs';

/** Runs `body` in the page, with the module's exports, an index and `data`; a rejection becomes its name and code. */
function inPage(page, body, data) {
  return page.evaluate(
    async ([body, data]) => {
      const api = await import(new URL('www/client/exemplar-search.js', document.baseURI));
      const plain = (error) => ({ name: error.name, code: error.code, message: error.message, status: error.status, retryAfter: error.retryAfter, isError: error instanceof Error, isOurs: error instanceof api.ExemplarError });
      const failure = (promise) => promise.then(() => 'no failure', plain);
      const run = new (Object.getPrototypeOf(async () => {}).constructor)('api', 'data', 'failure', body);
      return run(api, data, failure);
    },
    [body, data],
  );
}

/** The page's own policy allows no code from strings, which is how these tests bring theirs in. */
const withoutPolicy = { context: { bypassCSP: true } };

test('errors of the core cross the worker as Error objects with code and message', async (t) => {
  const page = await open(t, await serve(t), withoutPolicy);
  const failures = await inPage(page, `
    const index = await api.SearchIndex.load('bundles/rust-book.json');
    const one = new Float32Array(384).fill(1);
    return [
      await failure(index.search(new Float32Array(8).fill(1))),
      await failure(index.search(new Float32Array(384))),
      await failure(index.search(one.map(() => NaN))),
      await failure(index.search(one, { k: 0 })),
      await failure(index.search(one, { k: 1.5 })),
      await failure(index.search(one, { method: 'bm25' })),
      await failure(index.search(one, { methode: 'knn' })),
      await failure(index.search(one, { seed: -1 })),
      await failure(index.similar('nowhere')),
      await failure(index.refine({ query: one, k: 5 })),
      await failure(api.SearchIndex.load('index.html')),
    ];
  `);
  assert.deepEqual(failures.map(({ code }) => code), [
    'query-dimensions', 'zero-vector', 'not-finite', 'option', 'option', 'option', 'option', 'option', 'unknown-article', 'option', 'bundle-json',
  ]);
  for (const { name, isError, isOurs, message } of failures) {
    assert.deepEqual([name, isError, isOurs], ['ExemplarError', true, true]);
    assert.ok(message.length > 10);
  }
  assert.match(failures[0].message, /8.*384/);
  assert.match(failures[8].message, /nowhere/);
  assert.match(failures[9].message, /k .*second argument/);
});

test('an aborted call rejects as fetch does, and the index stays usable', async (t) => {
  const page = await open(t, await serve(t), withoutPolicy);
  const [names, hits] = await inPage(page, `
    const controller = new AbortController();
    const loading = failure(api.SearchIndex.load('bundles/rust-book.json', { signal: controller.signal }));
    controller.abort();
    const names = [(await loading).name];
    const index = await api.SearchIndex.load('bundles/rust-book.json');
    const one = new Float32Array(384).fill(1);
    const searching = new AbortController();
    const search = failure(index.search(one, { signal: searching.signal }));
    searching.abort();
    names.push((await search).name);
    names.push((await failure(index.similar('x', { signal: AbortSignal.abort() }))).name);
    const embed = api.openaiEmbedder({ endpoint: 'v1/embeddings', model: 'multilingual-e5-small' });
    names.push((await failure(embed('text', { signal: AbortSignal.abort(new TypeError('mine')) }))).message);
    const { hits } = await index.search(one, { k: 3 });
    index.free();
    names.push((await failure(index.search(one))).code);
    return [names, hits.length];
  `);
  assert.deepEqual(names, ['AbortError', 'AbortError', 'AbortError', 'mine', 'freed']);
  assert.equal(hits, 3);
});

test('the embedder says which of network, CORS, time, key, rate and form it was', async (t) => {
  const dead = await freePort();
  const gateways = {
    cors: await gateway(t),
    unauthorized: await gateway(t, withPreflight(() => ({ status: 403, body: { error: { message: 'no' } } })), { headers: ANY_ORIGIN }),
    'rate-limited': await gateway(t, withPreflight(() => ({ status: 429, headers: { 'retry-after': '3' } })), { headers: ANY_ORIGIN }),
    http: await gateway(t, withPreflight(() => ({ status: 500 })), { headers: ANY_ORIGIN }),
    timeout: await gateway(t, withPreflight(() => new Promise(() => {})), { headers: ANY_ORIGIN }),
    'bad-response': await gateway(t, withPreflight(() => ({ status: 200, body: { data: [] } })), { headers: ANY_ORIGIN }),
    network: `http://127.0.0.1:${dead}`,
  };
  const page = await open(t, await serve(t), { ...withoutPolicy, console: /127\.0\.0\.1/ });
  for (const [expected, address] of Object.entries(gateways)) {
    const { code, status, retryAfter } = await inPage(page, `
      const embed = api.openaiEmbedder({ endpoint: data, model: 'e5', timeout: 2000 });
      return failure(embed('text'));
    `, `${address}/v1/embeddings`);
    assert.equal(code, expected);
    if (code === 'rate-limited') assert.deepEqual([status, retryAfter], [429, 3]);
  }
  const { code } = await inPage(page, `
    return failure(api.openaiEmbedder({ endpoint: 'index.html', model: 'e5' })('text'));
  `);
  assert.ok(['http', 'bad-response'].includes(code), code);
});

test('an answer that holds no embedding is refused, whatever it is, and no redirect is followed', async (t) => {
  const bodies = {
    html: '<!doctype html><title>Sign in</title>',
    nothing: '',
    null: 'null',
    'no vector': '{"data": []}',
    'a hole': '{"data": [{"index": 0, "embedding": [1, null]}]}',
    'not a number': '{"data": [{"index": 0, "embedding": [1, NaN]}]}',
    text: '{"data": [{"index": 0, "embedding": "AACAPwAAAEA="}]}',
    'an empty vector': '{"data": [{"index": 0, "embedding": []}]}',
    'cut short': '{"data": [{"index": 0, "embedding": [1, 2',
  };
  const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'content-type': 'application/json' };
  const server = createServer((request, response) => {
    const name = decodeURIComponent(request.url.slice(1));
    const loops = name === 'loop' && request.method === 'POST';
    response.writeHead(loops ? 307 : 200, loops ? { ...headers, location: '/loop' } : headers);
    response.end(bodies[name] ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const address = `http://127.0.0.1:${server.address().port}`;
  const page = await open(t, await serve(t), { ...withoutPolicy, console: /127\.0\.0\.1/ });
  const failure = (name) => inPage(page, `
    return failure(api.openaiEmbedder({ endpoint: data, model: 'e5', timeout: 5000 })('text'));
  `, `${address}/${encodeURIComponent(name)}`);
  for (const name of Object.keys(bodies)) {
    const { code, message } = await failure(name);
    assert.equal(code, 'bad-response', name);
    assert.ok(message.includes(address), message);
  }
  assert.equal((await failure('loop')).code, 'http');
});

test('the embedder refuses options that it cannot use, without showing the key', async (t) => {
  const page = await open(t, await serve(t), withoutPolicy);
  const messages = await inPage(page, `
    const given = [
      { endpoint: 'ftp://example.com', model: 'e5' },
      { endpoint: 'https://me:secret@example.com', model: 'e5' },
      { endpoint: 'v1/embeddings', model: '' },
      { endpoint: 'v1/embeddings', model: 'e5', timeout: 0 },
      { endpoint: 'v1/embeddings', model: 'e5', apiKey: 'kéy→secret' },
    ];
    return Promise.all(given.map((options) => failure((async () => api.openaiEmbedder(options))())));
  `);
  assert.deepEqual(messages.map(({ code }) => code), messages.map(() => 'option'));
  assert.ok(!messages.at(-1).message.includes('secret'));
  assert.ok(!messages[1].message.includes('secret'));
});

test('the recipe of the bundle reaches the API', async (t) => {
  const bodies = [];
  const api = await gateway(t, async (request) => {
    let body = '';
    for await (const part of request) body += part;
    bodies.push(JSON.parse(body));
    return { status: 200, body: { data: [{ embedding: [0, 1] }] } };
  });
  const page = await open(t, await serve(t, { api }), withoutPolicy);
  const embeddings = await inPage(page, `
    const space = { model: 'm', dimensions: 2, query: { prefix: 'query: ', input_type: 'query', model: 'm-query' } };
    const recipes = [api.queryRecipe(space), api.queryRecipe({ model: 'm', dimensions: 2 }), { model: 'm', dimensions: 2 }];
    recipes.push(api.queryRecipe({ model: 'm', dimensions: 1, truncated: true, query: { fields: { size: 1, model: 'x' } } }));
    const embedders = recipes.map((recipe) => api.openaiEmbedder({ endpoint: 'v1/embeddings', ...recipe }));
    const embeddings = [];
    for (const embed of embedders) embeddings.push([...(await embed('text \\ud800'))]);
    return embeddings;
  `);
  assert.deepEqual(embeddings, [[0, 1], [0, 1], [0, 1], [0]], 'cut where the vectors of the bundle are');
  assert.deepEqual(bodies, [
    { model: 'm-query', input: 'query: text \ufffd', input_type: 'query' },
    { model: 'm', input: 'text \ufffd' },
    { model: 'm', input: 'text \ufffd', dimensions: 2 },
    { model: 'm', input: 'text \ufffd', size: 1 },
  ]);
});
