import { fieldsIn } from './filters.js';

/** @import { Method } from '../client/types.js' */

/**
 * What a box is asked to be, with what its attributes leave out: from the form inside it, or a default. What only the box's
 * language can fill in is missing.
 *
 * @typedef {object} Attributes
 * @property {string} bundle its address, absolute
 * @property {Method} [method] how to rank by meaning
 * @property {string} [api] an embedding API's address
 * @property {string} [apiModel]
 * @property {string} [action] the results page
 * @property {string} param what the query is called in the results page's address
 * @property {boolean} page whether this is a results page, not a field with a panel
 * @property {string} [base] what articles' addresses are relative to, absolute; the page where it is missing
 * @property {number} limit articles shown
 * @property {import('./filters.js').Field[]} filters
 * @property {string} [label]
 * @property {string} [placeholder]
 * @property {string} shortcuts
 * @property {string[]} suggestions queries to try
 * @property {boolean} recent whether the reader's queries are kept
 * @property {string} [offline] the service worker's address, absolute
 */

/** The attributes that count when they change. */
export const OBSERVED = ['bundle', 'method', 'api', 'api-model', 'action', 'param', 'mode', 'base', 'limit', 'filters', 'label', 'placeholder', 'lang',
  'shortcuts', 'suggestions', 'recent'];

/**
 * @param {HTMLElement} host
 * @param {import('./light-form.js').LightForm} form
 * @returns {Attributes}
 */
export function readAttributes(host, form) {
  const text = (/** @type {string} */ name) => host.getAttribute(name) ?? undefined;
  const page = text('mode') === 'page';
  const offline = text('offline');
  return {
    bundle: new URL(text('bundle') ?? 'search/bundle.json', document.baseURI).href,
    // Another one fails, with an error that names those there are.
    method: /** @type {Method | undefined} */ (text('method')),
    api: text('api') || undefined,
    apiModel: text('api-model'),
    action: text('action') ?? form.action,
    param: text('param') ?? form.name ?? 'q',
    page,
    base: URL.parse(text('base') ?? '', document.baseURI)?.href,
    limit: Number(text('limit')) || (page ? 20 : 8),
    filters: fieldsIn(text('filters') ?? ''),
    label: text('label') ?? form.label,
    placeholder: text('placeholder') ?? form.placeholder,
    shortcuts: text('shortcuts') ?? 'mod+k /',
    suggestions: (text('suggestions') ?? '').split('|').map((query) => query.trim()).filter(Boolean),
    recent: host.hasAttribute('recent'),
    offline: offline ? new URL(offline, document.baseURI).href : undefined,
  };
}
