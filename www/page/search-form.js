import { addressWith, readAddress } from './address.js';
import { byId, element, within } from './dom.js';
import { entryKey } from './site.js';

/**
 * @typedef {import('./site.js').Site} Site
 *
 * @typedef {object} Actions
 * @property {(address: string) => unknown} go shows an address of this page
 * @property {() => unknown} onTyping the query changes as it is typed
 */

/** What the reader asks: the query, how many hits, and of which site; with what the site is and queries to try. */
export class SearchForm {
  input = byId('query', HTMLInputElement);
  #k = byId('k', HTMLInputElement);
  #bundle = byId('bundle', HTMLSelectElement);
  #suggestions = byId('suggestions', HTMLElement);
  #strings;
  #format;

  /**
   * @param {import('./strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   * @param {Actions} actions
   */
  constructor(strings, format, { go, onTyping }) {
    this.#strings = strings;
    this.#format = format;
    byId('search', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      go(addressWith({ query: this.query, k: this.#k.valueAsNumber, similar: undefined }));
    });
    this.#k.addEventListener('change', () => {
      if (this.#k.reportValidity()) go(addressWith({ k: this.#k.valueAsNumber }));
    });
    this.#bundle.addEventListener('change', () => {
      go(addressWith({ bundle: this.#bundle.value, similar: undefined, more: [], less: [] }));
    });
    // An input method's candidates aside.
    this.input.addEventListener('input', (event) => {
      if (!(event instanceof InputEvent && event.isComposing)) onTyping();
    });
    this.input.addEventListener('compositionend', () => onTyping());
  }

  /** The query. */
  get query() {
    return this.input.value.trim();
  }

  /** Brings the form to the address. */
  fill() {
    const { query, k } = readAddress();
    this.input.value = query;
    this.#k.value = String(k);
    this.#linkSuggestions();
    const { code, name } = this.#strings.otherLanguage;
    const link = byId('other-language', HTMLAnchorElement);
    link.href = addressWith({ lang: code });
    link.lang = link.hreflang = code;
    link.textContent = name;
  }

  /** @param {import('./site.js').Entry[]} entries the sites to choose from */
  offer(entries) {
    const chosen = readAddress().bundle ?? (entries[0] && entryKey(entries[0]));
    const options = entries.map((entry) => {
      const option = element('option', { value: entryKey(entry), lang: entry.lang }, entry.name);
      option.selected = option.value === chosen;
      return option;
    });
    this.#bundle.replaceChildren(...options);
    byId('bundle-choice', HTMLElement).hidden = entries.length < 2;
  }

  /** @param {Site} site */
  describe({ entry, entries, index: { info, thread } }) {
    const { articles, passages, dimensions, onPage } = this.#strings;
    const facts = [
      entries.length < 2 ? entry.name : undefined,
      articles(this.#format.count(info.articles)),
      info.passages > info.articles ? passages(this.#format.count(info.passages)) : undefined,
      dimensions(this.#format.count(info.dimensions)),
      info.space.model,
      thread === 'page' ? onPage : undefined,
    ];
    byId('facts', HTMLElement).textContent = facts.filter(Boolean).join(' · ');

    const { suggestions = [], lang } = entry;
    this.#suggestions.hidden = !suggestions.length;
    const links = suggestions.map((query) => element('li', {}, element('a', { lang }, query)));
    within(this.#suggestions, 'ul', HTMLElement).replaceChildren(...links);
    this.#linkSuggestions();
  }

  /** Has the suggestions lead to addresses like the present one. */
  #linkSuggestions() {
    for (const link of this.#suggestions.querySelectorAll('a')) {
      link.href = addressWith({ query: link.textContent, similar: undefined });
    }
  }
}
