import { safeLink } from '../client/exemplar-search.js';
import { element } from './dom.js';

/**
 * @typedef {import('../client/types.js').PassageMap} PassageMap
 * @typedef {import('./map-drawing.js').Found} Found
 * @typedef {'decision' | 'similarity' | 'place'} Order
 */

const ROWS = 20;

/** What the map shows, as a table of some rows at a time: made when it is opened. */
export class MapTable {
  /** @type {PassageMap | undefined} */
  #map;
  /** @type {Map<number, Found>} */
  #found = new Map();
  /** @type {Order} */
  #order = 'decision';
  #first = 0;
  #strings;
  #format;
  #name;
  #head = element('tr', {});
  #body = element('tbody', {});
  #range = element('span', { role: 'status' });
  #back;
  #on;

  /**
   * @param {import('./panel-strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   * @param {(passages: number[]) => Promise<import('./map.js').Named[]>} name
   */
  constructor(strings, format, name) {
    this.#strings = strings;
    this.#format = format;
    this.#name = name;
    this.#back = element('button', { type: 'button' }, strings.map.back);
    this.#on = element('button', { type: 'button' }, strings.map.on);
    this.#back.addEventListener('click', () => this.#turn(-ROWS));
    this.#on.addEventListener('click', () => this.#turn(ROWS));
    const table = element('table', {},
      element('caption', { class: 'unseen' }, strings.map.caption), element('thead', {}, this.#head), this.#body);
    this.element = element('details', {},
      element('summary', {}, strings.map.table),
      element('div', { 'class': 'scroller', 'tabindex': '0', 'role': 'group', 'aria-label': strings.map.caption }, table),
      element('p', { class: 'pages' }, this.#back, this.#range, this.#on));
    this.element.addEventListener('toggle', () => this.#fill());
  }

  /**
   * @param {PassageMap} map
   * @param {Found[]} found
   */
  show(map, found) {
    this.#map = map;
    this.#found = new Map(found.map((one) => [one.passage, one]));
    this.#first = 0;
    this.#fill();
  }

  /** @param {number} by rows */
  #turn(by) {
    this.#first += by;
    this.#fill();
  }

  async #fill() {
    const map = this.#map;
    if (!map || !this.element.open) return;
    const { decisions, similarities } = map;
    const count = map.x.length;
    const by = decisions && similarities ? { decision: decisions, similarity: similarities, place: undefined }[this.#order] : undefined;
    const order = Array.from(map.x, (_, passage) => passage);
    if (by) order.sort((a, b) => (by[b] ?? 0) - (by[a] ?? 0));
    const passages = order.slice(this.#first, this.#first + ROWS);
    const named = await this.#name(passages).catch(() => []);
    if (map !== this.#map || named.length !== passages.length) return;
    const { map: text } = this.#strings;
    this.#head.replaceChildren(
      element('th', { scope: 'col' }, text.passage),
      ...(decisions ? [
        this.#column('similarity', text.columns.similarity),
        this.#column('decision', text.columns.decision),
        element('th', { scope: 'col' }, text.columns.within),
        element('th', { scope: 'col' }, text.columns.hits),
      ] : []),
      this.#column('place', text.columns.place));
    const number = (/** @type {number | undefined} */ value) => element('td', { class: 'figure-cell' }, this.#format.score(value ?? 0));
    const rows = passages.map((passage, i) => {
      const { article, passage: { heading, anchor } } = /** @type {import('./map.js').Named} */ (named[i]);
      const href = safeLink(article.url, anchor);
      const title = element(href ? 'a' : 'span', { href, lang: article.lang }, [article.title, ...(heading ?? [])].join(' › '));
      const ranks = this.#found.get(passage)?.ranks.map(({ name, rank }) => text.rank(name, this.#format.count(rank)));
      return element('tr', {},
        element('th', { scope: 'row' }, title),
        ...(decisions ? [
          number(similarities?.[passage]),
          number(decisions[passage]),
          element('td', {}, (decisions[passage] ?? -1) > -1 ? text.yes : text.no),
          element('td', {}, ranks?.join(', ') ?? ''),
        ] : []),
        element('td', { class: 'figure-cell' }, `${this.#format.score(map.x[passage] ?? 0)}, ${this.#format.score(map.y[passage] ?? 0)}`));
    });
    this.#body.replaceChildren(...rows);
    this.#back.disabled = this.#first === 0;
    this.#on.disabled = this.#first + ROWS >= count;
    const [from, to, all] = [Math.min(this.#first + 1, count), Math.min(this.#first + ROWS, count), count].map((n) => this.#format.count(n));
    this.#range.textContent = text.range(from ?? '', to ?? '', all ?? '');
  }

  /**
   * A heading that orders by its column: highest first, or as the site has them.
   * @param {Order} order
   * @param {string} name
   */
  #column(order, name) {
    const here = order === this.#order;
    const button = element('button', { type: 'button' }, name);
    button.addEventListener('click', async () => {
      this.#order = order;
      this.#first = 0;
      await this.#fill();
      [...this.#head.querySelectorAll('button')].find((other) => other.textContent === name)?.focus();
    });
    const sort = here ? (order === 'place' ? 'other' : 'descending') : undefined;
    return element('th', { 'scope': 'col', 'aria-sort': sort }, button);
  }
}
