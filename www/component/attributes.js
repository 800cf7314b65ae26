import { ExemplarError } from '../client/exemplar-search.js';

/** @import { Method } from '../client/types.js' */

/**
 * What a box is asked to be, with what its attributes leave out: from the form inside it, or a default. What only the box's
 * language can fill in is missing.
 *
 * @typedef {object} Attributes
 * @property {string} bundle its address, absolute, or those of several with spaces between them
 * @property {string[]} bundleNames what hits of each are marked with, in the same order
 * @property {Method} [method] how to rank by meaning
 * @property {import('../client/types.js').Strictness} strictness how easily hits are called close
 * @property {string} [api] an embedding API's address
 * @property {string} [apiModel]
 * @property {string} [action] the results page
 * @property {string} param what the query is called in the results page's address
 * @property {import('./frame.js').Mode} mode
 * @property {string} base what articles' addresses are relative to, absolute
 * @property {number} limit articles shown at first
 * @property {string[]} filters
 * @property {string} [label]
 * @property {string} [placeholder]
 * @property {string} shortcuts
 * @property {string[]} suggestions queries to try
 * @property {boolean} recent whether the reader's queries are kept
 * @property {string} [offline] the service worker's address, absolute
 * @property {boolean} markWords whether the words found are marked on the page that a hit leads to
 * @property {'all' | 'page'} languages whose articles come first: all alike, or those of the page's language
 * @property {string} [scope] the absolute address that those of the articles searched begin with
 * @property {string[][]} versions sets of versions of the documents, in each first the current one: absolute addresses of folders,
 *   without a slash at the end
 * @property {string} [dark] a selector of what is around the box while the page is dark
 * @property {ExemplarError} [problem] what is wrong with them, so that there is no search
 */

/** The attributes that count when they change. */
export const OBSERVED = ['bundle', 'bundle-names', 'method', 'strictness', 'api', 'api-model', 'action', 'param', 'mode', 'base', 'limit', 'filters', 'label', 'placeholder', 'lang',
  'shortcuts', 'suggestions', 'recent', 'dark', 'offline', 'mark-words', 'languages', 'scope', 'versions'];

/** Articles shown at first. */
const LIMIT = { field: 8, button: 8, page: 20 };

/** Reads a box's attributes while it is in the page. */
export class AttributeReader {
  #host;
  #form;
  /** By attribute, and place in a list: its text, and the address that this was when it was read first. @type {Map<string, { text: string, address: URL | null }>} */
  #addresses = new Map();
  /** @type {string[]} */
  #problems = [];

  /**
   * @param {HTMLElement} host
   * @param {import('./light-form.js').LightForm} form
   */
  constructor(host, form) {
    this.#host = host;
    this.#form = form;
  }

  /** @returns {Attributes} */
  read() {
    this.#problems = [];
    const form = this.#form;
    const mode = this.#oneOf('mode', /** @type {const} */ (['field', 'button', 'page']));
    const bundles = this.#bundles();
    const base = this.#base(bundles[0] ?? new URL(document.baseURI));
    return {
      bundle: bundles.map(({ href }) => href).join(' '),
      bundleNames: this.#list('bundle-names'),
      // The index knows the methods that there are, and names them.
      method: /** @type {Method | undefined} */ (this.#text('method')),
      strictness: this.#oneOf('strictness', /** @type {const} */ (['mild', 'strict', 'off'])),
      api: this.#text('api') || undefined,
      apiModel: this.#text('api-model'),
      action: this.#text('action') ?? form.action,
      param: this.#text('param') || form.name || 'q',
      mode,
      base,
      scope: this.#scope(base),
      versions: this.#versions(base),
      limit: this.#limit(LIMIT[mode]),
      filters: this.#filters(),
      label: this.#text('label') ?? form.label,
      placeholder: this.#text('placeholder') ?? form.placeholder,
      shortcuts: this.#text('shortcuts') ?? 'mod+k /',
      suggestions: this.#list('suggestions').filter(Boolean),
      recent: this.#host.hasAttribute('recent'),
      offline: this.#text('offline') ? this.#address('offline')?.href : undefined,
      markWords: this.#host.hasAttribute('mark-words'),
      languages: this.#oneOf('languages', /** @type {const} */ (['all', 'page'])),
      dark: this.#selector('dark'),
      problem: this.#problems.length ? new ExemplarError('option', `<exemplar-search> has ${this.#problems.join('; ')}`) : undefined,
    };
  }

  /** @param {string} name */
  #text(name) {
    return this.#host.getAttribute(name) ?? undefined;
  }

  /**
   * @param {string} name
   * @param {string} expected
   */
  #wrong(name, expected) {
    this.#problems.push(`${name}="${this.#text(name)}", which is not ${expected}`);
  }

  /**
   * An address relative to the page. The page may move on to another while the box stays, as with instant navigation: then the
   * attribute still means what it did.
   *
   * @param {string} name
   * @param {string} [instead]
   * @returns {URL | null}
   */
  #address(name, instead = '') {
    return this.#resolved(name, this.#text(name) ?? instead, name);
  }

  /** Addresses with spaces between them, as HTML's lists are. */
  #bundles() {
    const texts = (this.#text('bundle') ?? 'search/bundle.json').trim().split(/\s+/);
    return texts.flatMap((text, i) => this.#resolved('bundle', text, `bundle ${i}`) ?? []);
  }

  /**
   * @param {string} name
   * @param {string} text
   * @param {string} place of the text, among all attributes
   */
  #resolved(name, text, place) {
    const known = this.#addresses.get(place);
    const address = known?.text === text ? known.address : URL.parse(text, document.baseURI);
    this.#addresses.set(place, { text, address });
    if (!address) this.#wrong(name, 'an address');
    return address;
  }

  /** @param {string} name of an attribute with `|` between its values */
  #list(name) {
    return (this.#text(name) ?? '').split('|').map((value) => value.trim());
  }

  /**
   * The site's root: by default the folder in which the bundle's is, as `exemplar build` writes it. Of a bundle on another host nothing
   * is known but the page.
   *
   * @param {URL} bundle
   */
  #base(bundle) {
    const root = (bundle.origin === location.origin && URL.parse('..', bundle)?.href) || document.baseURI;
    return this.#address('base', root)?.href ?? root;
  }

  /**
   * Such as `/v2/`: the attribute's, or what the page says of itself.
   * @param {string} base
   */
  #scope(base) {
    const meta = document.querySelector('meta[name="exemplar-scope"]');
    const scope = this.#text('scope') ?? meta?.getAttribute('content');
    return scope ? URL.parse(scope, base)?.href : undefined;
  }

  /** @param {string} base */
  #versions(base) {
    const sets = (this.#text('versions') ?? '').split(',').map((set) => set.split(/\s+/).filter(Boolean));
    return sets.filter((set) => set.length).map((set) => set.map((folder) => (URL.parse(folder, base)?.href ?? folder).replace(/\/$/, '')));
  }

  /** @param {number} instead */
  #limit(instead) {
    const limit = Number(this.#text('limit') || instead);
    if (Number.isInteger(limit) && limit > 0) return limit;
    this.#wrong('limit', 'a whole number from 1');
    return instead;
  }

  #filters() {
    return [...new Set((this.#text('filters') ?? '').split(/[\s,]+/).filter(Boolean))];
  }

  /**
   * @template {string} Value
   * @param {string} name
   * @param {readonly [Value, ...Value[]]} values the first is the default
   */
  #oneOf(name, values) {
    const text = this.#text(name) || values[0];
    const value = values.find((value) => value === text);
    if (!value) this.#wrong(name, `one of ${values.join(', ')}`);
    return value ?? values[0];
  }

  /** @param {string} name */
  #selector(name) {
    const selector = this.#text(name);
    if (!selector) return undefined;
    try {
      this.#host.matches(selector);
      return selector;
    } catch {
      this.#wrong(name, 'a CSS selector');
      return undefined;
    }
  }
}
