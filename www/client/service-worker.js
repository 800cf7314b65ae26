// Optional: with this at the root of a site, readers can read and search pages they have visited without a network. Shards of a bundle
// never change under their name and are served from the cache. Everything else is asked for again while there is a network, so a new
// bundle is found at the next visit; if it has not changed, the server says so and sends nothing.

/** Pages and what belongs to them; the oldest go first. */
const PAGES = { name: 'exemplar-search-pages-1', kept: 300 };
/** What searches: client, core, bundle. No number of pages drives it out. */
const SEARCH = { name: 'exemplar-search-files-1', kept: 100 };
/** Shards stay until another build of the same bundle comes. */
const SHARDS = 'exemplar-search-shards-1';
/** Caches of an earlier version of this file. */
const FORMER = ['exemplar-search-1'];

/** A shard's path: where its bundle is, the folder of its build, its file. */
const SHARD = /^(.*\/)(search-[0-9a-f]{16}\/)[a-z]+-\d+\.bin$/;
/** What is no page, by its name or by what it is asked for as. */
const FILE = /\.(m?js|css|json|bin|gz|wasm)$/;
const FILE_KINDS = ['script', 'worker', 'style'];

/** @type {any} */
const worker = self;
/** Where what searches is; under this address it is kept, as this worker is ended between two visits. */
const PLACES = new URL('exemplar-search-places', location.href).href;

/**
 * @typedef {object} Places
 * @property {string[]} folders of clients, each with a slash at its end
 * @property {string[]} bundles
 */

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(
  Promise.all([worker.clients.claim(), ...FORMER.map((name) => caches.delete(name))])));

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin || request.headers.has('range')) return;
  event.respondWith(SHARD.test(pathname) && request.cache !== 'reload' ? keptFirst(event) : freshFirst(event));
});

// A page tells where what searches is, and what it fetched before this worker was in charge.
worker.addEventListener('message', (/** @type {any} */ event) => {
  const { keep = [], places } = event.data ?? {};
  const urls = keep.filter((/** @type {string} */ url) => new URL(url).origin === location.origin);
  event.waitUntil(remember(places).then(() => Promise.allSettled(urls.map(async (/** @type {string} */ url) => {
    const { name } = await cacheOf(url);
    if (!(await caches.match(url, { cacheName: name }))) await store(new Request(url), (await caches.match(url)) ?? (await fetch(url)));
  }))));
});

/** @param {any} event */
async function keptFirst(event) {
  return (await caches.match(event.request)) ?? keeping(event, await fetch(event.request));
}

/**
 * The server's answer; what was kept where there is none, or one that cannot be what was asked for.
 * @param {any} event
 */
async function freshFirst(event) {
  const { request } = event;
  const navigates = request.mode === 'navigate';
  /** @type {Response | undefined} */
  let response;
  try {
    // A navigation takes no options; its page is asked for anew by its own rules. So does one that passes the browser's cache.
    const asItIs = navigates || request.cache === 'reload';
    response = await (asItIs ? fetch(request) : fetch(request, { cache: 'no-cache' }));
    if (!isPageForFile(request, response)) return keeping(event, response);
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: navigates });
    if (kept) return kept;
    throw error;
  }
  return (await caches.match(request)) ?? response;
}

/**
 * The response, at once; a copy of it is kept as it arrives.
 * @param {any} event
 * @param {Response} response
 */
function keeping(event, response) {
  event.waitUntil(store(event.request, response.clone()));
  return response;
}

/**
 * @param {Request} request
 * @param {Response} response
 */
async function store(request, response) {
  if (!response.ok || response.type !== 'basic' || isPageForFile(request, response)) return;
  const shard = SHARD.exec(new URL(request.url).pathname);
  try {
    if (shard) {
      await storeShard(request, response, shard);
      return;
    }
    const { name, kept } = await cacheOf(request.url);
    const cache = await caches.open(name);
    // From before its place was told: nothing is kept twice.
    if (name === SEARCH.name) await (await caches.open(PAGES.name)).delete(request);
    await cache.put(request.mode === 'navigate' ? withoutQuery(request.url) : request, response);
    const keys = (await cache.keys()).filter(({ url }) => url !== PLACES);
    await Promise.all(keys.slice(0, Math.max(0, keys.length - kept)).map((key) => cache.delete(key)));
  } catch {
    // The disk is full, storage is denied, or the reader left in the middle: what was asked for is there all the same.
  }
}

/**
 * The first shard of another build ends the one before: what is left of that could only be mixed up with it.
 * @param {Request} request
 * @param {Response} response
 * @param {string[]} path
 */
async function storeShard(request, response, [, bundle = '', build = '']) {
  const cache = await caches.open(SHARDS);
  await cache.put(request, response);
  const others = (await cache.keys()).filter(({ url }) => {
    const [, itsBundle, itsBuild] = SHARD.exec(new URL(url).pathname) ?? [];
    return itsBundle === bundle && itsBuild !== build;
  });
  await Promise.all(others.map((key) => cache.delete(key)));
}

/**
 * Hosts that answer every address, with status 200, send a page for a file that they do not have.
 * @param {Request} request
 * @param {Response} response
 */
function isPageForFile({ destination, mode, url }, { headers }) {
  const file = mode !== 'navigate' && (FILE_KINDS.includes(destination) || FILE.test(new URL(url).pathname));
  return file && /html/.test(headers.get('content-type') ?? '');
}

/**
 * A static page is the same with any query, and is kept once.
 * @param {string} url
 */
function withoutQuery(url) {
  return url.replace(/[?#].*$/, '');
}

/** @param {string} url */
async function cacheOf(url) {
  const { folders, bundles } = await places();
  const besideBundle = url.endsWith('.bin') ? new URL('.', url).href : url;
  const searches = folders.some((folder) => url.startsWith(folder))
    || bundles.some((bundle) => besideBundle === bundle || besideBundle === new URL('.', bundle).href);
  return searches ? SEARCH : PAGES;
}

/** @returns {Promise<Places>} */
async function places() {
  const kept = await caches.match(PLACES);
  return kept ? kept.json() : { folders: [], bundles: [] };
}

/**
 * What a page tells, beside what others told.
 * @param {Places | undefined} told
 */
async function remember(told) {
  if (!told) return;
  const { folders, bundles } = await places();
  const all = { folders: [...new Set([...told.folders, ...folders])].slice(0, 9), bundles: [...new Set([...told.bundles, ...bundles])].slice(0, 99) };
  const cache = await caches.open(SEARCH.name);
  await cache.put(PLACES, Response.json(all));
}
