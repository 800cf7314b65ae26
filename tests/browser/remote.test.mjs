// A remote bundle in the client: a small engine that holds the rows of the golden bundle answers the documented requests exactly, and does
// what engines do that are down, slow, or of another model.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import test from 'node:test';
import { deferred, open, startSite } from './component-support.mjs';
import { atEnd } from './support.mjs';

const GOLDEN = new URL('../golden/', import.meta.url);

/** The rows of the bundle: their vectors, and what a response says of each. */
async function golden() {
  const { articles, passages, space, parts } = JSON.parse(await readFile(new URL('shards/whole.json', GOLDEN), 'utf8'));
  const { dimensions } = space;
  const texts = JSON.parse(parts.texts.text);
  const bytes = Buffer.from(parts.vectors.data, 'base64');
  const codes = passages.length * dimensions;
  const centre = Array.from({ length: dimensions }, (_, i) => bytes.readFloatLE(codes + 4 * passages.length + 4 * i));
  return passages.map(({ article, ...passage }, number) => {
    const scale = bytes.readFloatLE(codes + 4 * number);
    const vector = centre.map((x, i) => x + scale * bytes.readInt8(number * dimensions + i));
    const length = Math.hypot(...vector);
    const { id, title, url, ...fields } = articles[article];
    const index = passages.slice(0, number).filter((other) => other.article === article).length;
    return {
      vector: vector.map((x) => x / length),
      row: { id: `${id}#${index}`, article: { id, title, url, fields }, passage: { ...passage, index, text: texts[number] } },
    };
  });
}

/** What the engine answers: exact inner products, and the share of the text's words that a row has. */
function answer(rows, { vector, k, text, filter = {} }) {
  const values = ({ article }, field) => [article.fields[field] ?? []].flat();
  const allowed = rows.filter(({ row }) => Object.entries(filter).every(([field, wanted]) => wanted.some((value) => values(row, field).includes(value))));
  const best = (score) => allowed.map((entry) => ({ entry, score: score(entry) })).sort((a, b) => b.score - a.score).slice(0, k);
  const query = vector && Array.from(new Float32Array(Uint8Array.from(Buffer.from(vector, 'base64')).buffer));
  const words = ({ row }) => text?.toLowerCase().split(/\s+/).filter((word) => row.passage.text.toLowerCase().split(/\s+/).includes(word)).length ?? 0;
  const found = new Set([
    ...(query ? best((entry) => entry.vector.reduce((sum, x, i) => sum + x * query[i], 0)) : []),
    ...(text ? best(words).filter(({ score }) => score > 0) : []),
  ].map(({ entry }) => entry));
  const taken = [...found];
  return { rows: taken.map((entry) => ({ ...entry.row, words: words(entry) || undefined })), vectors: taken.flatMap(({ vector }) => vector) };
}

/** float16 values in base64. */
function float16(values) {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeUInt16LE(halfOf(value), 2 * i));
  return bytes.toString('base64');
}

/** The bits of the nearest float16 of a value within -2 to 2. */
function halfOf(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}

/** A site whose endpoint is that engine; `change` may change a response, or answer itself and return nothing. */
async function remoteSite(t, change = (response) => response) {
  const rows = await golden();
  const asked = [];
  const folder = new URL('remote/', GOLDEN);
  const files = Object.fromEntries(await Promise.all((await readdir(folder)).map(async (name) => [name, await readFile(new URL(name, folder))])));
  const send = (name) => (_, response) => {
    response.setHeader('content-type', 'application/octet-stream');
    response.end(files[name]);
  };
  const routes = Object.fromEntries(Object.keys(files).map((name) => [`/search/${name}`, send(name)]));
  routes['/v1/candidates'] = async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    asked.push({ method: request.method, type: request.headers['content-type'], ...body });
    const changed = await change(answer(rows, body), response);
    if (!changed) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...changed, vectors: float16(changed.vectors) }));
  };
  const { address, end } = await startSite({ body: '<p>Nothing yet.</p>', bundle: await readFile(new URL('shards/whole.json', GOLDEN)), routes });
  atEnd(t, end);
  const page = await open(t, address, { console: /Failed to load resource/ });
  return { asked, rows, page };
}

/** In the page: what a search answers, or how it fails. */
async function search([query, options, how = 'url']) {
  const { SearchIndex } = await import('/search/client/exemplar-search.js');
  const post = async ({ vector, k, filter, text }, { signal }) => {
    const bytes = vector && btoa(String.fromCharCode(...new Uint8Array(vector.buffer)));
    const response = await fetch('/v1/candidates', { method: 'POST', signal, body: JSON.stringify({ vector: bytes, k, filter, text }) });
    return response.json();
  };
  try {
    globalThis.index ??= await SearchIndex.load('/search/search.json', { candidates: how === 'url' ? '/v1/candidates' : post });
    const { hits, ...rest } = await globalThis.index.search(query, options);
    return { ...rest, info: globalThis.index.info, ids: hits.map(({ article }) => article.id), hits };
  } catch (error) {
    return { error: { name: error.name, code: error.code, message: error.message } };
  }
}

const EMBEDDING = { embedding: Array.from({ length: 24 }, (_, i) => Math.cos(i)) };

test('a remote bundle ranks what the engine returns, in two requests at most', async (t) => {
  const { page, asked, rows } = await remoteSite(t);
  const query = EMBEDDING.embedding;
  const { error, hits, ids, info, ...result } = await page.evaluate(search, [EMBEDDING, { method: 'knn', k: 5 }]);
  assert.equal(error, undefined);
  assert.deepEqual([info.vectors, info.passages, info.encoder, info.keywords], ['remote', rows.length, true, true]);
  const product = ({ vector }) => vector.reduce((sum, x, i) => sum + x * query[i], 0);
  const best = new Set(rows.toSorted((a, b) => product(b) - product(a)).map(({ row }) => row.article.id));
  assert.deepEqual(ids, [...best].slice(0, 5));
  assert.deepEqual([asked.length, result.requests, result.lookedAt], [1, 1, rows.length]);
  assert(result.complete <= 1 && result.partial === undefined && result.milliseconds >= 0);
  assert.equal(hits[0].text, rows.find(({ row }) => row.article.id === ids[0] && row.passage.index === hits[0].passageIndex).row.passage.text);
  assert.deepEqual([asked[0].method, asked[0].type, asked[0].k], ['POST', 'application/json', 200]);

  const svm = await page.evaluate(search, [EMBEDDING, { method: 'hybrid', k: 5 }]);
  assert.deepEqual([asked.length, svm.requests, svm.method], [3, 2, 'hybrid']);
  assert(svm.svm.newtonSteps > 0 && svm.hits.every(({ scores }) => 'svm' in scores && 'knn' in scores));
});

test('a text is encoded by the bundle, and the engine searches its words', async (t) => {
  const { page, asked } = await remoteSite(t);
  const result = await page.evaluate(search, ['number7', {}]);
  assert.deepEqual([result.error, result.ids[0]], [undefined, 'a7']);
  assert.equal(asked[0].text, 'number7');
  const lexical = await page.evaluate(search, ['number7', { method: 'lexical' }]);
  assert.deepEqual([asked[1].vector, lexical.method, lexical.ids[0]], [undefined, 'lexical', 'a7']);
});

test('a filter goes to the engine, and what it forbids is refused', async (t) => {
  let honest = true;
  const { page, asked, rows } = await remoteSite(t, (response) => (honest ? response : { rows: rows.map(({ row }) => row), vectors: rows.flatMap(({ vector }) => vector) }));
  const options = { method: 'knn', filter: { tags: ['land'] } };
  const { error, hits } = await page.evaluate(search, [EMBEDDING, options]);
  assert.equal(error, undefined);
  assert.deepEqual(asked[0].filter, { tags: ['land'] });
  assert(hits.length > 0 && hits.every(({ article }) => article.tags.includes('land')));
  honest = false;
  const refused = await page.evaluate(search, [EMBEDDING, options]);
  assert.equal(refused.error.code, 'bad-response');
  assert.match(refused.error.message, /which the filter forbids/);
  const unknown = await page.evaluate(search, [EMBEDDING, { filter: { author: ['x'] } }]);
  assert.deepEqual([unknown.error.code, asked.length], ['option', 2]);
});

test('a function of the page may ask the engine', async (t) => {
  const { page } = await remoteSite(t, (response) => ({ ...response, partial: { missing: 1, of: 2 } }));
  const result = await page.evaluate(search, [EMBEDDING, { method: 'knn' }, 'function']);
  assert.deepEqual([result.error, result.partial, result.ids.length], [undefined, { missing: 1, of: 2 }, 10]);
  assert(result.complete <= 0.5);
});

test('what engines do wrong is told, and never ranked', async (t) => {
  let change = (response) => response;
  const { page } = await remoteSite(t, (response, to) => change(response, to));
  const failing = async (next) => {
    change = next;
    const { error } = await page.evaluate(search, [EMBEDDING, { method: 'knn' }]);
    assert.equal(error?.name, 'ExemplarError');
    return error;
  };
  const status = (code, body) => (_, to) => {
    to.writeHead(code, { 'content-type': 'application/json' });
    to.end(JSON.stringify(body));
  };
  const nan = await failing(({ rows, vectors }) => ({ rows, vectors: vectors.with(25, NaN) }));
  assert.match(`${nan.code} ${nan.message}`, /^bad-response .*NaN at 1 of row 1/);
  const dimensions = await failing(({ rows, vectors }) => ({ rows, vectors: vectors.slice(rows.length) }));
  assert.match(`${dimensions.code} ${dimensions.message}`, /^bad-response .*expected 55 rows x 24 dimensions/);
  const { embedding } = EMBEDDING;
  const away = (_, i) => -embedding[i % 24] / Math.hypot(...embedding);
  const model = await failing(({ rows, vectors }) => ({ rows, vectors: vectors.map(away) }));
  assert.match(`${model.code} ${model.message}`, /^bad-response .*is this the engine of this bundle/);
  const schema = await failing(() => ({ vectors: [], documents: [] }));
  assert.match(`${schema.code} ${schema.message}`, /^bad-response .*rows is missing/);
  const down = await failing(status(502, { error: { code: 'engine-down', message: 'ClickHouse does not answer' } }));
  assert.match(`${down.code} ${down.message}`, /^http .*502.*ClickHouse does not answer/);
  assert.equal((await failing(status(429, {}))).code, 'rate-limited');
  assert.equal((await failing((_, to) => void to.destroy())).code, 'network');
  change = (response) => response;
  assert.equal((await page.evaluate(search, [EMBEDDING, { method: 'knn' }])).error, undefined, 'the next search goes on');
});

test('an engine that is slow is given up, and an abort reaches its request', async (t) => {
  const requests = [1, 2].map(() => ({ arrived: deferred(), closed: deferred() }));
  const [given, stopped] = requests;
  const { page } = await remoteSite(t, (_, to) => {
    const { arrived, closed } = requests.shift();
    to.on('close', closed.resolve);
    arrived.resolve();
  });
  const slow = await page.evaluate(search, [EMBEDDING, { method: 'knn' }]);
  assert.equal(slow.error.code, 'timeout');
  // The server hears of it a moment after the page.
  await given.closed.promise;
  const aborted = page.evaluate(async (query) => {
    globalThis.controller = new AbortController();
    const { signal } = globalThis.controller;
    return globalThis.index.search(query, { method: 'knn', signal }).catch(({ name }) => name);
  }, EMBEDDING);
  await stopped.arrived.promise;
  await page.evaluate(() => globalThis.controller.abort());
  assert.equal(await aborted, 'AbortError');
  await stopped.closed.promise;
});

test('a remote bundle without candidates, and another bundle with them, say so', async (t) => {
  const { page } = await remoteSite(t);
  const failed = ([url, options]) => import('/search/client/exemplar-search.js')
    .then(({ SearchIndex }) => SearchIndex.load(url, options)).then(() => 'loaded', ({ code, message }) => `${code} ${message}`);
  assert.match(await page.evaluate(failed, ['/search/search.json', {}]), /^bundle-field .*load it with candidates/);
  assert.match(await page.evaluate(failed, ['/search/bundle.json', { candidates: '/v1/candidates' }]), /^bundle-field .*load it without candidates/);
  assert.match(await page.evaluate(failed, ['/search/search.json', { candidates: 'ftp://engine' }]), /^option .*candidates/);
});
