// The sites in examples/, each built as its readme says, and searched under the document's policy.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { API, BIN, DIST, atEnd } from './support.mjs';
import { accessible, boxHits, inState, openBox, POLICY, type } from './component-support.mjs';

const run = promisify(execFile);
const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const ELEVENTY = resolve(import.meta.dirname, '../../node_modules/.bin/eleventy');

const sites = {
  plain: { from: 'guide/compost.html', query: 'when to water tomatoes', finds: 'guide/watering.html' },
  hugo: { folder: 'public', from: 'posts/publish/', query: 'hole tap oil', finds: 'posts/threads/' },
  eleventy: { folder: '_site', from: 'posts/bread/', query: '味噌', finds: 'posts/miso/', build: (folder) => run(ELEVENTY, ['--quiet'], { cwd: folder }) },
  mdbook: { folder: 'book', from: 'sky/planets.html', query: 'spring tides moon', finds: 'tides.html' },
};

for (const [name, { folder = '.', from, query, finds, build }] of Object.entries(sites)) {
  test(`the ${name} site is built and searched from a page below its root`, async (t) => {
    const copy = await mkdtemp(join(tmpdir(), 'exemplar-'));
    atEnd(t, () => rm(copy, { recursive: true }));
    await cp(join(EXAMPLES, name), copy, { recursive: true });
    await build?.(copy);
    const root = join(copy, folder);
    await run(BIN, ['build', '--site', root, '--base-url', '/', '--api', API, '--model', 'multilingual-e5-small',
      '--query-input-type', 'query', '--passage-input-type', 'passage', '--cache', 'off', '-o', join(copy, 'bundle.json')]);
    await cp(join(DIST, 'exemplar'), join(root, 'exemplar'), { recursive: true, dereference: true });
    await cp(join(copy, 'bundle.json'), join(root, 'exemplar', 'bundle.json'));

    const site = await staticSite(t, root);
    const page = await openBox(t, site + from);
    await page.keyboard.press('/');
    await type(page, query);
    await inState(page, 'results');
    const [{ href }] = await boxHits(page);
    const leads = (url) => new URL(url).pathname.replace(/index\.html$/, '');
    assert.equal(leads(href), `/${finds}`);
    await accessible(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => leads(url) === `/${finds}`);
  });
}

/** A static host with the policy. */
async function staticSite(t, root) {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
  const server = createServer(async (request, response) => {
    let file = join(root, normalize(decodeURIComponent(new URL(request.url, 'http://site').pathname)));
    if (await stat(file).then((found) => found.isDirectory(), () => false)) file = join(file, 'index.html');
    const content = await readFile(file).catch(() => undefined);
    response.writeHead(content ? 200 : 404, { 'content-type': types[extname(file)] ?? 'text/plain', 'content-security-policy': POLICY });
    response.end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
