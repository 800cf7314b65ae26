// A bundle whose parts are in a file beside its JSON: loaded as it arrives, and refused where it is not the right one.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { BIN, copySite, DIST, open, serve } from './support.mjs';

/** The site's bundle in another form: `{ json, name, bytes }`, the last two of the file beside it. */
async function converted(t, ...form) {
  const folder = await mkdtemp(join(tmpdir(), 'exemplar-'));
  t.after(() => rm(folder, { recursive: true }));
  const bundle = join(DIST, 'bundles', 'rust-book.json');
  await promisify(execFile)(BIN, ['convert', bundle, ...form, '-o', join(folder, 'bundle.json')]);
  const name = (await readdir(folder)).find((name) => name.endsWith('.bin'));
  const [json, bytes] = await Promise.all([readFile(join(folder, 'bundle.json'), 'utf8'), readFile(join(folder, name))]);
  return { json, name, bytes };
}

/** Loads a bundle and resolves to its counts and progress, or to the failure. */
function load(page, url) {
  return page.evaluate(async (url) => {
    const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    const progress = [];
    try {
      const { info } = await SearchIndex.load(url, { onProgress: (one) => progress.push(one) });
      return { passages: info.passages, progress };
    } catch ({ code, message, status }) {
      return { code, message, status };
    }
  }, url);
}

test('a sidecar gives the same hits as one file, and its bytes are part of the progress', async (t) => {
  const { json, name, bytes } = await converted(t, '--layout', 'sidecar');
  const site = await copySite(t, {
    'index.json': [{ name: 'Sidecar', bundle: 'sidecar.json' }],
    'sidecar.json': json,
    [name]: bytes,
    'inline.json': await readFile(join(DIST, 'bundles', 'rust-book.json')),
  });
  const page = await open(t, await serve(t, { dist: site }));
  const { passages, progress } = await load(page, 'bundles/sidecar.json');
  assert.ok(passages > 200);
  const size = Buffer.byteLength(json) + bytes.length;
  assert.deepEqual(progress.findLast(({ phase }) => phase === 'bundle'), { phase: 'bundle', loaded: size, total: size });

  const found = await page.evaluate(async () => {
    const { SearchIndex } = await import(new URL('www/client/exemplar-search.js', document.baseURI));
    const all = {};
    for (const bundle of ['sidecar', 'inline']) {
      const index = await SearchIndex.load(`bundles/${bundle}.json`);
      const query = Float32Array.from({ length: index.info.dimensions }, (_, i) => Math.sin(i));
      const searches = ['knn', 'svm', 'hybrid'].map((method) => index.search(query, { method }));
      const results = [...(await Promise.all(searches)), await index.search('mutex', { method: 'lexical' })];
      all[bundle] = results.map(({ hits }) => hits);
    }
    return all;
  });
  assert.equal(found.sidecar[0].length, 10);
  assert.deepEqual(found.sidecar, found.inline);
});

test('a sidecar that is missing, cut short, damaged or of another build is named', async (t) => {
  const { json, name, bytes } = await converted(t, '--layout', 'sidecar');
  const other = await converted(t, '--layout', 'sidecar', '--encoding', 'float16');
  const damaged = Buffer.from(bytes);
  damaged[bytes.length >> 1] ^= 1;
  const cases = {
    missing: [undefined, /answered 404/, 'http'],
    short: [bytes.subarray(0, -1), /parts\.\w+\.file: ".*" has \d+ bytes, .*cut short/, 'bundle-field'],
    empty: [Buffer.alloc(0), /cut short/, 'bundle-field'],
    damaged: [damaged, /damaged or of another build/, 'bundle-field'],
    other: [other.bytes, /damaged or of another build/, 'bundle-field'],
    page: [Buffer.from('<!doctype html><title>Not found</title>'), /cut short or is of another build/, 'bundle-field'],
  };
  const files = { 'index.json': [{ name: 'Short', bundle: 'short.json' }] };
  for (const [kind, [content]] of Object.entries(cases)) {
    files[`${kind}.json`] = json.replaceAll(name, `${kind}.bin`);
    if (content) files[`${kind}.bin`] = content;
  }
  const site = await serve(t, { dist: await copySite(t, files) });
  const page = await open(t, site, { console: /404/ });
  await page.locator('#problem .detail').filter({ hasText: 'cut short' }).waitFor();
  for (const [kind, [, place, expected]] of Object.entries(cases)) {
    const { code, message } = await load(page, `bundles/${kind}.json`);
    assert.equal(code, expected, `${kind}: ${message}`);
    assert.match(message, place);
  }
});

test('a download that breaks off is a network failure, and can be tried again', async (t) => {
  const { json, name, bytes } = await converted(t, '--layout', 'sidecar');
  let broken = '.bin';
  const server = createServer((request, response) => {
    const headers = { 'access-control-allow-origin': '*' };
    const body = request.url.endsWith('.bin') ? bytes : Buffer.from(json);
    response.writeHead(200, { ...headers, 'content-length': body.length });
    if (!broken || !request.url.endsWith(broken)) return response.end(body);
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const page = await open(t, await serve(t), { console: /ERR_CONTENT_LENGTH_MISMATCH|ERR_CONNECTION/, context: { bypassCSP: true } });
  const address = `http://127.0.0.1:${server.address().port}/bundle.json`;
  for (const [ending, named] of [['.bin', name], ['.json', 'bundle.json']]) {
    broken = ending;
    const { code, message } = await load(page, address);
    assert.equal(code, 'network', message);
    assert.ok(message.includes(named) && message.includes('broke off'), message);
  }
  broken = undefined;
  assert.ok((await load(page, address)).passages > 200);
});
