// Optional: with this at the root of a site, a site once visited is read and searched without a network. Names with a hash,
// and shards of a bundle, are served as they were kept; all else is asked for anew while there is a network, so that a new bundle
// is found at the next visit: where it did not change, the server says so and sends nothing.

const CACHE = 'exemplar-search-1';
/** The oldest go first. */
const KEPT = 300;
/** What changes its name with its content: `chunk-3V47QDLX.js`, `vectors.0123abcd.bin`. */
const HASHED = /[-.]([A-Z0-9]{8}|[0-9a-f]{8,64})\.(?!html?$)\w+$/;

/** Shards stay until another build of the same bundle comes. */
const SHARDS = 'exemplar-search-shards-1';
/** A shard's path: where its bundle is, the folder of its build, its file. */
const SHARD = /^(.*\/)(search-[0-9a-f]{16}\/)[a-z]+-\d+\.bin$/;

/** @type {any} */
const worker = self;

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin || request.headers.has('range')) return;
  event.respondWith(HASHED.test(pathname) || SHARD.test(pathname) ? keptFirst(event) : freshFirst(event));
});

worker.addEventListener('message', (/** @type {any} */ event) => {
  const urls = (event.data?.keep ?? []).filter((/** @type {string} */ url) => new URL(url).origin === location.origin);
  event.waitUntil(Promise.allSettled(urls.map(async (/** @type {string} */ url) => {
    if (!(await caches.match(url))) await store(new Request(url), await fetch(url));
  })));
});

/** @param {any} event */
async function keptFirst(event) {
  return (await caches.match(event.request)) ?? keeping(event, await fetch(event.request));
}

/** @param {any} event */
async function freshFirst(event) {
  const { request } = event;
  const navigates = request.mode === 'navigate';
  try {
    // A navigation takes no options; its page is asked for anew by its own rules.
    return keeping(event, await (navigates ? fetch(request) : fetch(request, { cache: 'no-cache' })));
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: navigates });
    if (kept) return kept;
    throw error;
  }
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
  if (!response.ok || response.type !== 'basic') return;
  const shard = SHARD.exec(new URL(request.url).pathname);
  try {
    if (shard) {
      await storeShard(request, response, shard);
      return;
    }
    const cache = await caches.open(CACHE);
    await cache.put(request, response);
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - KEPT)).map((key) => cache.delete(key)));
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
