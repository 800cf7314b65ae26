// Pages that import the npm package search: built by Vite 8, served by its development server, built by webpack 5, and without a bundler.
// `scripts/package.sh npm` makes the packages, and scripts/e5-model.sh the model.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { BIN, atEnd, open, serve } from '../browser/support.mjs';
import { version } from '../../scripts/version.mjs';
import { book } from './real-site.mjs';

const run = promisify(execFile);
const PACKAGE = resolve(`target/packages/exemplar-search-${version}.tgz`);
const MODEL = resolve('target/models/multilingual-e5-small');
const BUNDLERS = ['vite@8.4.0', 'webpack@5.113.0'];

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>
<exemplar-search bundle="/search/bundle.json" base="/"></exemplar-search>`;
const MODULE = `import 'exemplar-search/component';
import { SearchIndex } from 'exemplar-search';
globalThis.loaded = SearchIndex.load('/search/bundle.json');`;

/** A project with the package and the bundlers; below `public`, a bundle of real pages. */
let project;

before(async () => {
  project = await mkdtemp(join(tmpdir(), 'exemplar-'));
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional', PACKAGE], { cwd: project });
  await run('npm', ['install', '--no-audit', '--no-fund', ...BUNDLERS], { cwd: project });
  const pages = await book(join(project, 'book'));
  await mkdir(join(project, 'public/search'), { recursive: true });
  const env = { ...process.env, EXEMPLAR_CACHE: 'off' };
  const layout = ['--layout', 'shards', '--query-texts', '200'];
  await run(BIN, ['build', '--site', pages, '--model-dir', MODEL, ...layout, '-o', join(project, 'public/search/bundle.json')], { env, maxBuffer: 1 << 26 });
  await writeFile(join(project, 'main.js'), MODULE);
  await writeFile(join(project, 'index.html'), `${PAGE}<script type="module" src="./main.js"></script>`);
}, { timeout: 900_000 });
after(() => rm(project, { recursive: true }));

/** In the box and by the client, with a worker each, also what needs all of the core. */
async function searches(t, address) {
  const page = await open(t, address, { console: /\[vite\]|favicon/ });
  const box = page.locator('exemplar-search');
  await box.locator('[part="input"]').fill('how do I share data between threads');
  await box.locator('a[href*="ch16-"]').first().waitFor();
  const [thread, first, complete] = await page.evaluate(async () => {
    const index = await globalThis.loaded;
    const { hits } = await index.search('how do I share data between threads', { method: 'svm' });
    return [index.thread, hits[0].article.url, (await index.similar(hits[0].article.id)).hits.length];
  });
  assert.equal(thread, 'worker');
  assert.match(first, /ch16-/);
  assert.ok(complete > 0);
}

test('a page built by Vite', async (t) => {
  await run('node_modules/.bin/vite', ['build'], { cwd: project });
  await searches(t, await serve(t, { dist: join(project, 'dist'), api: null }));
});

test("a page of Vite's development server", async (t) => {
  const server = spawn('node_modules/.bin/vite', ['--host', '127.0.0.1', '--port', '0'], { cwd: project, env: { ...process.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'inherit'] });
  atEnd(t, () => void server.kill());
  for await (const line of createInterface({ input: server.stdout })) {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (!address) continue;
    await searches(t, address);
    return;
  }
  assert.fail('Vite ended without saying its address');
});

test('a page built by webpack', async (t) => {
  const dist = join(project, 'dist-webpack');
  const script = `import webpack from 'webpack';
    webpack({ mode: 'production', entry: './main.js', output: { path: ${JSON.stringify(dist)} } }, (error, stats) => {
      const { errors, warnings } = error ? { errors: [error], warnings: [] } : stats.toJson({ all: false, errors: true, warnings: true });
      const wrong = [...errors, ...warnings].filter(({ message }) => !/size limit/.test(message));
      if (wrong.length) throw new Error(wrong.map(({ message }) => message).join('\\n'));
    });`;
  await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project });
  await cp(join(project, 'public'), dist, { recursive: true });
  await writeFile(join(dist, 'index.html'), `${PAGE}<script type="module" src="main.js"></script>`);
  await searches(t, await serve(t, { dist, api: null }));
});

test('a page without a bundler, by an import map', async (t) => {
  const dist = join(project, 'dist-plain');
  await cp(join(project, 'public'), dist, { recursive: true });
  for (const folder of await readdir(join(project, 'node_modules/exemplar-search'))) {
    await cp(join(project, 'node_modules/exemplar-search', folder), join(dist, 'modules/exemplar-search', folder), { recursive: true });
  }
  const imports = {
    'exemplar-search': '/modules/exemplar-search/client/exemplar-search.js',
    'exemplar-search/component': '/modules/exemplar-search/component/exemplar-search.js',
  };
  await writeFile(join(dist, 'index.html'), `${PAGE}<script type="importmap">${JSON.stringify({ imports })}</script><script type="module">${MODULE}</script>`);
  await searches(t, await serve(t, { dist, api: null }));
});
