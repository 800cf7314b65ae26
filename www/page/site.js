import { SearchIndex } from '../client/exemplar-search.js';
import { request } from '../client/request.js';

/**
 * A bundle that the page offers: one entry of bundles/index.json.
 * @typedef {object} Entry
 * @property {string} name for people
 * @property {string} bundle the file, relative to bundles/index.json
 * @property {string} [lang] BCP 47: the language of most articles
 * @property {string[]} [suggestions] queries to try
 *
 * @typedef {object} Site
 * @property {Entry} entry
 * @property {Entry[]} entries
 * @property {string} url the bundle's
 * @property {SearchIndex} index
 */

/** The page has nothing to search, or not what its address asks for. */
export class SiteError extends Error {
  /**
   * @param {'no-bundles' | 'unknown-bundle'} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
}

/**
 * What `?bundle=` calls an entry: its file name without `.json`.
 * @param {Entry} entry
 */
export function entryKey({ bundle }) {
  return bundle.replace(/\.json$/, '');
}

/**
 * Reads bundles/index.json beside the page and loads one of its bundles.
 *
 * @param {string | undefined} key the bundle's; the first one where it is missing
 * @param {object} options
 * @param {(entries: Entry[]) => void} options.onEntries called before the bundle is loaded
 * @param {(progress: import('../client/types.js').Progress) => void} options.onProgress
 * @param {AbortSignal} options.signal
 * @returns {Promise<Site>}
 */
export async function loadSite(key, { onEntries, onProgress, signal }) {
  const manifest = new URL('bundles/index.json', document.baseURI).href;
  const entries = await readEntries(manifest, signal);
  onEntries(entries);
  const entry = key === undefined ? entries[0] : entries.find((one) => entryKey(one) === key);
  if (!entry) {
    throw new SiteError('unknown-bundle', `${key} is none of ${entries.map(entryKey).join(', ')}`);
  }
  const url = new URL(entry.bundle, manifest).href;
  const index = await SearchIndex.load(url, { onProgress, signal });
  return { entry, entries, url, index };
}

/** A site that is loading or loaded. */
export class OpenedSite {
  #controller = new AbortController();

  /**
   * @param {string | undefined} key the bundle's; the first one where it is missing
   * @param {Omit<Parameters<typeof loadSite>[1], 'signal'>} options
   */
  constructor(key, options) {
    this.key = key;
    this.site = loadSite(key, { ...options, signal: this.#controller.signal });
  }

  /** Whether it was given up. */
  get closed() {
    return this.#controller.signal.aborted;
  }

  /** Gives it up, or its memory back. */
  close() {
    this.#controller.abort();
    this.site.then(({ index }) => index.free(), () => {});
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Entry[]>}
 */
async function readEntries(url, signal) {
  const response = await request(url, { signal }).catch((error) => {
    throw error.status === 404 ? new SiteError('no-bundles', error.message, { cause: error }) : error;
  });
  const entries = await response.json().catch((cause) => {
    signal.throwIfAborted();
    throw new SiteError('no-bundles', `${url} is not JSON: ${cause.message}`, { cause });
  });
  if (!Array.isArray(entries) || !entries.length || !entries.every(isEntry)) {
    throw new SiteError('no-bundles', `${url}: expected a list of { name, bundle, lang?, suggestions? }`);
  }
  return entries;
}

/** @param {any} entry */
function isEntry(entry) {
  const { name, bundle, lang = '', suggestions = [] } = entry ?? {};
  return [name, bundle, lang].every(isString) && Array.isArray(suggestions) && suggestions.every(isString);
}

/** @param {unknown} value */
function isString(value) {
  return typeof value === 'string';
}
