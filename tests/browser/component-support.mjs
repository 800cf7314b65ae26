// What the tests of the search box share: a small site that has it, served under the policy that the document asks for.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { API, BIN, DIST, atEnd, open } from './support.mjs';

export { accessible, open } from './support.mjs';

/** Exactly what docs/component.md asks for. */
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; form-action 'self'; "
  + "base-uri 'none'; require-trusted-types-for 'script'; trusted-types exemplar-search";

export const TAG = '<exemplar-search bundle="/search/bundle.json"></exemplar-search>';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm', '.css': 'text/css' };

/**
 * A site with the search box: `/search/` holds what `./build.sh dist` ships, and `/search/bundle.json` the bundle; any page
 * that is not there is a short one.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options]
 * @param {string} [options.body] of the page `/`, and of others that end so
 * @param {string} [options.html] the attributes of its html element
 * @param {string | Buffer | object} [options.bundle] default: the demo's
 * @param {string} [options.policy]
 * @param {Record<string, (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => unknown>}
 *   [options.routes] by path; one that returns `false` leaves the answer to the site
 * @returns {Promise<string>} its address, with a slash at the end
 */
export async function componentSite(t, options) {
  const { address, end } = await startSite(options);
  atEnd(t, end);
  return address;
}

/**
 * {@link componentSite}, which the caller ends.
 * @param {Parameters<typeof componentSite>[1]} [options]
 */
export async function startSite({ body = TAG, html = 'lang="en"', bundle, policy = POLICY, routes = {} } = {}) {
  const bundleText = typeof bundle === 'string' || bundle instanceof Buffer ? bundle
    : bundle ? JSON.stringify(bundle) : await readFile(join(DIST, 'bundles', 'rust-book.json'));
  const page = (content) => `<!doctype html><html ${html}><head><meta charset="utf-8"><title>A site</title>`
    + '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
    + `</head><body><main><h1>A site</h1>${content}</main></body></html>`;
  const script = '<script type="module" src="/search/component/exemplar-search.js"></script>';
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://site').pathname);
    response.setHeader('content-security-policy', policy);
    if (routes[path] && (await routes[path](request, response)) !== false) return;
    const send = (type, content) => {
      response.setHeader('content-type', type);
      response.end(content);
    };
    if (path === '/search/bundle.json') return send(TYPES['.json'], bundleText);
    if (path.startsWith('/search/')) {
      const file = await readFile(join(DIST, 'exemplar', normalize(path.slice('/search/'.length)))).catch(() => undefined);
      if (file) return send(TYPES[extname(path)] ?? 'application/octet-stream', file);
      response.statusCode = 404;
      return send(TYPES['.html'], page('<p>Not there.</p>'));
    }
    return send(TYPES['.html'], page(path.endsWith('/') ? script + body : `<p>${path.replace(/[<&]/g, '')}</p>`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${server.address().port}/`, end };
}

/** What {@link builtBundle} made for this file, by what it was made of. @type {Map<string, Promise<string>>} */
const built = new Map();

/**
 * A bundle that `exemplar build` makes of a few items, with keywords and the vectors of the real API.
 * @param {import('node:test').TestContext} _t
 * @param {Record<string, unknown>[]} items
 * @param {string[]} options further ones of the build, such as {@link WORDS}
 * @returns {Promise<string>}
 */
export function builtBundle(_t, items, options = []) {
  const key = JSON.stringify([items, options]);
  if (!built.has(key)) built.set(key, build(items, options));
  return built.get(key);
}

function build(items, options) {
  const api = ['--api', API, '--model', 'multilingual-e5-small', '--query-input-type', 'query', '--passage-input-type', 'passage'];
  return bundleOf({ 'items.jsonl': items.map((item) => JSON.stringify(item)).join('\n') }, (folder) =>
    ['--items', join(folder, 'items.jsonl'), ...api, ...options]);
}

/** A bundle of HTML pages, by their names, that is searched by words alone. `options` are further ones of the build. */
export function bundleOfPages(pages, options = []) {
  return bundleOf(pages, (folder) => ['--site', folder, '--no-vectors', ...options]);
}

/**
 * What `exemplar build` makes of files.
 * @param {Record<string, string>} files
 * @param {(folder: string) => string[]} options
 */
async function bundleOf(files, options) {
  const [folder, out] = await Promise.all([mkdtemp(join(tmpdir(), 'exemplar-')), mkdtemp(join(tmpdir(), 'exemplar-'))]);
  try {
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
    const to = join(out, 'bundle.json');
    await promisify(execFile)(BIN, ['build', ...options(folder), '-o', to]);
    return await readFile(to, 'utf8');
  } finally {
    await Promise.all([folder, out].map((one) => rm(one, { recursive: true })));
  }
}

/** For a bundle that is searched by words, or by an API: without a query encoder, and without probes. */
export const WORDS = ['--query-texts', '0'];

/** A few articles in two languages, with tags. */
export const ITEMS = [
  { title: 'Shared state', url: 'docs/mutex.html', text: 'A Mutex lets one thread at a time have the value. Lock it first, and share it between threads.', tags: ['threads'], lang: 'en' },
  { title: 'Message passing', url: 'docs/channels.html', text: 'A channel sends values from one thread to another.', tags: ['threads', 'channels'], lang: 'en' },
  { title: 'Deploying', url: 'docs/deploy.html', text: 'Push a branch to publish the site. Threads are not needed.', tags: ['hosting'], lang: 'en', date: '2026-05-04' },
  { title: '所有権とは', url: 'docs/ja/ownership.html', text: '値には所有者がいる。スレッドの間で値を共有するには所有権を移す。', tags: ['threads'], lang: 'ja' },
];

/** Opens the site and waits for the upgrade: for what is seen of the box, which `wait` selects. */
export async function openBox(t, address, { wait = '[part="input"]', ...options } = {}) {
  const page = await open(t, address, options);
  await page.locator(`exemplar-search ${wait}`).first().waitFor();
  return page;
}

export const box = (page) => page.getByRole('combobox');

/** Types a query, letter by letter. */
export async function type(page, text) {
  await box(page).click();
  await page.keyboard.type(text);
}

/** Waits until the box has nothing better to come, and gives its hits: `{ title, href, section, excerpt, marks }`. */
export async function boxHits(page) {
  await page.locator('exemplar-search .hit').first().waitFor();
  await page.locator('exemplar-search .list[aria-busy="false"]').first().waitFor();
  return page.locator('exemplar-search .hit').evaluateAll((hits) => hits.map((hit) => ({
    title: hit.querySelector('.name').textContent,
    href: hit.querySelector('a')?.href,
    section: hit.querySelector('.section .heading')?.textContent,
    sectionHref: hit.querySelector('a.section')?.href,
    excerpt: hit.querySelector('.excerpt')?.textContent,
    marks: [...hit.querySelectorAll('mark')].map((mark) => mark.textContent),
  })));
}

/** The text of the cell that is chosen, as assistive technology follows it: by aria-activedescendant. */
export const chosen = (page) => page.evaluate(() => {
  const { shadowRoot } = document.querySelector('exemplar-search');
  const id = shadowRoot.querySelector('input').getAttribute('aria-activedescendant');
  const cell = id === null ? undefined : shadowRoot.getElementById(id);
  if (cell && cell.getAttribute('aria-selected') !== 'true') throw new Error('the chosen cell is not marked as selected');
  return cell?.querySelector('.name, .heading')?.textContent ?? cell?.querySelector('[aria-label]')?.getAttribute('aria-label') ?? cell?.textContent;
});

export const isOpen = (page) => box(page).first().getAttribute('aria-expanded').then((expanded) => expanded === 'true');

/**
 * A route to the real embedding API, `/v1/embeddings`. `before` gets the text, without the model's prefix. It may hold a
 * request up by what it awaits, or answer it by returning a status.
 * @param {(text: string) => unknown} [before]
 */
export function embeddings(before = () => {}) {
  return {
    async '/v1/embeddings'(request, response) {
      let body = '';
      for await (const part of request) body += part;
      const status = await before(JSON.parse(body).input.replace(/^query: /, ''));
      const answer = status ? new Response('{}', { status })
        : await fetch(new URL('/v1/embeddings', API), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    },
  };
}

/** The attributes of a box that also asks the embedding API. */
export const WITH_API = '<exemplar-search bundle="/search/bundle.json" api="/v1/embeddings"></exemplar-search>';

export function deferred() {
  let resolve;
  return { promise: new Promise((to) => (resolve = to)), resolve };
}

/** Waits until the box is in a state, such as `degraded`. */
export const inState = (page, state) => page.waitForFunction((state) => document.querySelector('exemplar-search').state === state, state);
