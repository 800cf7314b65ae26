// One index for all boxes of a page that search the same bundle: one worker, one download. It is freed when the last of
// them gives it back.

import { SearchIndex } from '../client/exemplar-search.js';

/**
 * @typedef {import('../client/types.js').Progress} Progress
 */

/**
 * @typedef {object} Shared
 * @property {Promise<SearchIndex>} index
 * @property {Set<(progress: Progress) => void>} users
 * @property {AbortController} controller
 */

/** By the bundle's address, or those of several. @type {Map<string, Shared>} */
const shared = new Map();

/**
 * @param {string} url the bundle's, absolute, or those of several with spaces between them
 * @param {(progress: Progress) => void} onProgress
 * @param {Promise<unknown>} [ready] what to wait for before the download, by which nothing fails
 * @returns {{ index: Promise<SearchIndex>, release(): void }} `release` gives up the download where nobody else waits
 */
export function borrowIndex(url, onProgress, ready) {
  const entry = shared.get(url) ?? load(url, ready);
  entry.users.add(onProgress);
  return {
    index: entry.index,
    release() {
      entry.users.delete(onProgress);
      if (entry.users.size) return;
      if (shared.get(url) === entry) shared.delete(url);
      entry.controller.abort();
      entry.index.then((index) => index.free(), () => {});
    },
  };
}

/**
 * @param {string} url
 * @param {Promise<unknown>} [ready]
 * @returns {Shared}
 */
function load(url, ready) {
  const controller = new AbortController();
  /** @type {Shared['users']} */
  const users = new Set();
  const onProgress = (/** @type {Progress} */ progress) => users.forEach((use) => use(progress));
  const urls = url.split(' ');
  const start = () => SearchIndex.load(urls.length > 1 ? urls : url, { onProgress, signal: controller.signal });
  // Not at once where a service worker comes: what is on its way when it takes charge would pass it by. Else at once, so that
  // the worker starts while the page's thread lays the panel out.
  const index = ready ? ready.then(start) : start();
  const entry = { index, users, controller };
  shared.set(url, entry);
  // So that the next try downloads again.
  index.catch(() => shared.get(url) === entry && shared.delete(url));
  return entry;
}
