// What the browser tests share: the real server with the real site, Chromium, and a gateway that lets a test refuse
// requests to the real embedding API.
//
// From the environment: EXEMPLAR_BIN, the `exemplar` binary; EXEMPLAR_DIST, the folder that `./build.sh dist` makes;
// EXEMPLAR_TEST_API, the address of an API that answers with multilingual-e5-small, such as `exemplar serve`. EXEMPLAR_CHROMIUM, if set, is the address of a
// Chromium that scripts/browser-tests.mjs keeps open; else each page starts one.

import assert from 'node:assert/strict';
import axe from 'axe-core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { LAUNCH } from './launch.mjs';

export const THREADS = 'how do I share data between threads';
/** The Rust Book's chapters on concurrency begin with ch16. */
export const THREADS_CHAPTERS = /ch16-\d\d/;

export const { EXEMPLAR_BIN: BIN, EXEMPLAR_DIST: DIST, EXEMPLAR_TEST_API: API } = environment();

function environment() {
  const names = ['EXEMPLAR_BIN', 'EXEMPLAR_DIST', 'EXEMPLAR_TEST_API'];
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length) throw new Error(`set ${missing.join(', ')}: see tests/browser/support.mjs, or run ./build.sh test`);
  return process.env;
}

/** @type {WeakMap<import('node:test').TestContext, (() => unknown)[]>} */
const cleanups = new WeakMap();

/** Runs at the end of the test, last registered first: a page closes before its server does. */
export function atEnd(t, cleanup) {
  const all = cleanups.get(t) ?? [];
  if (all.push(cleanup) > 1) return;
  cleanups.set(t, all);
  t.after(async () => {
    const outcomes = [];
    while (all.length) outcomes.push(...(await Promise.allSettled([all.pop()()])));
    const failed = outcomes.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
  });
}

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * `exemplar serve`, with no API if `api` is `null`, ended with the test. Resolves to its address, with a slash at the end.
 * @param {import('node:test').TestContext} t
 */
export async function serve(t, { dist = DIST, api = API } = {}) {
  const child = spawn(BIN, ['serve', dist, ...(api ? ['--api', api] : []), '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  atEnd(t, () => {
    child.kill();
    return ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/\S+/.exec(line);
    if (address) return address[0];
  }
  throw new Error('exemplar serve ended without saying its address');
}

/**
 * A copy of the built page with bundles of the test's own. Resolves to the folder.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} bundles by file name: text and bytes as they are, anything else as JSON. `index.json`
 *   lists them all unless it is given.
 * @param {string} [under] the folder inside the site that holds the page
 */
export async function copySite(t, bundles, under = '.') {
  const root = await mkdtemp(join(tmpdir(), 'exemplar-'));
  atEnd(t, () => rm(root, { recursive: true }));
  const dist = join(root, under);
  await mkdir(join(dist, 'bundles'), { recursive: true });
  for (const part of ['index.html', 'www']) {
    await cp(join(DIST, part), join(dist, part), { recursive: true, dereference: true });
  }
  const manifest = Object.keys(bundles).map((file) => ({ name: file, bundle: file }));
  for (const [file, content] of Object.entries({ 'index.json': manifest, ...bundles })) {
    const asItIs = typeof content === 'string' || content instanceof Uint8Array;
    await writeFile(join(dist, 'bundles', file), asItIs ? content : JSON.stringify(content));
  }
  return root;
}

/**
 * A bundle of a few articles, in as many dimensions as there are articles: each is one axis, and leans towards the
 * first article's the less, the later it stands.
 * @param {Record<string, unknown>[]} articles what differs from the made-up rest
 */
export function smallBundle(articles) {
  return {
    format: 'exemplar-search',
    version: 1,
    space: { model: 'multilingual-e5-small', dimensions: articles.length },
    articles: articles.map((article, i) => ({ id: `a${i}`, title: `Article ${i}`, url: `a${i}.html`, ...article })),
    vectors: articles.map((_, i) => articles.map((_, j) => (i === j ? 1 : j === 0 ? 1 / (i + 1) : 0))),
  };
}

/**
 * The demo with the Rust Book alone, its bundle without query encoder and probes: each search asks the API, once.
 *
 * @param {import('node:test').TestContext} t
 */
export async function withApiAlone(t) {
  const bundle = JSON.parse(await readFile(join(DIST, 'bundles', 'rust-book.json'), 'utf8'));
  delete bundle.parts.encoder;
  delete bundle.space.probes;
  return copySite(t, { 'rust-book.json': bundle });
}

/**
 * The real embedding API behind a check. `check` sees each request and answers it by returning
 * `{ status, headers?, body? }`, or lets it pass, at once or later, by returning nothing. Resolves to its address.
 *
 * @param {import('node:test').TestContext} t
 * @param {(request: import('node:http').IncomingMessage) => any} check
 * @param {{ port?: number, headers?: Record<string, string> }} [options] headers that every answer gets
 */
export async function gateway(t, check = () => {}, { port = 0, headers = {} } = {}) {
  const server = createServer(async (request, response) => {
    const refusal = await check(request);
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/json', ...headers, ...refusal.headers });
      return response.end(JSON.stringify(refusal.body ?? {}));
    }
    // The browser may have gone while `check` waited; nobody would read the answer, and its connection would keep the
    // test's process from ending.
    if (response.destroyed) return;
    // Asked as by a server: what a browser says of its page is no matter of the API's.
    const forwarded = Object.entries(request.headers).filter(([name]) => !/^(host|origin|referer|sec-.*)$/.test(name));
    const upstream = httpRequest(new URL(request.url, API), { method: request.method, headers: Object.fromEntries(forwarded) });
    upstream.on('response', (answer) => {
      const type = answer.headers['content-type'];
      response.writeHead(answer.statusCode, { ...(type && { 'content-type': type }), ...headers });
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** A gateway's headers and check for pages of any origin: its own answer to the preflight, then `check`. */
export const ANY_ORIGIN = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };
export function withPreflight(check = () => {}) {
  const headers = { 'access-control-allow-headers': 'authorization, content-type' };
  return (request) => (request.method === 'OPTIONS' ? { status: 204, headers } : check(request));
}

/**
 * A page in Chromium, closed with the test, which fails if the page's console is not empty then.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} address
 * @param {object} [options]
 * @param {RegExp} [options.console] messages that belong to the test, such as Chromium's line for each failed request
 * @param {(page: import('playwright-core').Page) => unknown} [options.before] runs before the page is loaded
 * @param {import('playwright-core').BrowserContextOptions} [options.context]
 */
export async function open(t, address, { console: expected, before, context } = {}) {
  const endpoint = process.env.EXEMPLAR_CHROMIUM;
  const browser = endpoint ? await chromium.connect(endpoint) : await chromium.launch(LAUNCH);
  // Of a browser that others use after this test, no more than the connection is closed, and what was opened on it.
  atEnd(t, () => browser.close());
  const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...context });
  const messages = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()} (${message.location().url})`));
  page.on('pageerror', (error) => messages.push(error.stack));
  atEnd(t, async () => assert.deepEqual(messages.filter((message) => !expected?.test(message)), [], 'the console is empty'));
  await before?.(page);
  await page.goto(address);
  return page;
}

/** Types a query and asks for it. */
export async function ask(page, query) {
  await page.getByRole('searchbox').fill(query);
  await page.keyboard.press('Enter');
}

/** Waits until the page has answered, with hits or with a problem. */
export async function answered(page) {
  await page.locator('#status:not(:empty), #problem:not([hidden])').first().waitFor();
  await page.locator('#results:not([aria-busy="true"])').waitFor();
}

/** Waits for hits and resolves to those of one column: `{ rank, article, title, href, score, heading, excerpt }`. */
export async function hits(page, method) {
  await page.locator('#results:not([aria-busy="true"]) .hit').first().waitFor();
  return page.locator(`[data-method="${method}"] .hit`).evaluateAll((items) =>
    items.map((item) => ({
      rank: item.querySelector('.rank').textContent,
      article: item.dataset.article,
      title: item.querySelector('.title').textContent,
      href: item.querySelector('a.title')?.href,
      heading: item.querySelector('.heading')?.textContent,
      excerpt: item.querySelector('.excerpt')?.textContent,
      score: Number(item.querySelector('.score').textContent.replace(/[^\d.-]/g, '')),
    })),
  );
}

/** Waits until nothing moves or fades. */
export function atRest(page) {
  return page.evaluate(async () => {
    for (let moving; (moving = document.getAnimations()).length;) await Promise.allSettled(moving.map(({ finished }) => finished));
  });
}

/**
 * axe finds nothing in the page at rest: what is fading in has another contrast. It is run in a world of its own, which the
 * page's policy does not reach.
 */
export async function accessible(page) {
  await atRest(page);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]), []);
}

export const METHODS = ['knn', 'svm', 'hybrid'];
