import { element } from '../dom.js';
import { replaceChildren } from './replace-children.js';

/**
 * @typedef {import('../engine.js').Hit} Hit
 * @typedef {'lang' | 'tags'} Facet a field of articles to filter by
 */

/** How many values of a facet are offered. */
const OFFERED = 8;

/** Filters by language and tag, of which those are offered that the hits have. */
export class Filters {
  #facets;
  #strings;
  #rows;
  #onChange;
  /** What is chosen. @type {Map<Facet, Set<string>>} */
  #chosen = new Map();
  /** @type {Hit[]} */
  #hits = [];
  /** The row of a facet: kept, as are its buttons, so that the one just pressed stays chosen. @type {Map<Facet, HTMLElement>} */
  #kept = new Map();
  /** By facet and value. @type {Map<string, { cell: Node, show(count: number): void }>} */
  #cells = new Map();

  /**
   * @param {string[]} facets
   * @param {import('./strings.js').Strings} strings
   * @param {import('./rows.js').Rows} rows
   * @param {() => void} onChange
   */
  constructor(facets, strings, rows, onChange) {
    this.#facets = facets.filter((facet) => facet === 'lang' || facet === 'tags');
    this.#strings = strings;
    this.#rows = rows;
    this.#onChange = onChange;
  }

  /**
   * The hits that have one of the chosen values of every facet.
   * @param {Hit[]} hits
   */
  apply(hits) {
    this.#hits = hits;
    return hits.filter(({ article }) => this.#facets.every((facet) => {
      const chosen = this.#chosen.get(facet);
      return !chosen?.size || valuesOf(article, facet).some((value) => chosen.has(value));
    }));
  }

  /** A row of buttons a facet, for those that would tell hits apart. */
  rows() {
    return this.#facets.flatMap((facet) => {
      const counts = this.#counts(facet);
      if (counts.length < 2) return [];
      const row = this.#kept.get(facet) ?? this.#rows.row({ class: 'choices' });
      this.#kept.set(facet, row);
      const caption = element('span', { class: 'caption', role: 'presentation' }, this.#strings.filters[facet]);
      const cells = counts.map(([value, count]) => {
        const button = this.#cells.get(`${facet} ${value}`) ?? this.#button(facet, value);
        this.#cells.set(`${facet} ${value}`, button);
        button.show(count);
        return button.cell;
      });
      replaceChildren(row, [row.querySelector('.caption') ?? caption, ...cells]);
      return [row];
    });
  }

  /**
   * The commonest values among the hits, then what else is chosen.
   * @param {Facet} facet
   */
  #counts(facet) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const { article } of this.#hits) {
      for (const value of new Set(valuesOf(article, facet))) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const offered = [...counts].sort(([, a], [, b]) => b - a).slice(0, OFFERED);
    const others = [...this.#chosen.get(facet) ?? []].filter((value) => !offered.some(([other]) => other === value));
    return [...offered, ...others.map((value) => /** @type {const} */ ([value, counts.get(value) ?? 0]))];
  }

  /**
   * @param {Facet} facet
   * @param {string} value
   */
  #button(facet, value) {
    const { language } = this.#strings;
    const chosen = this.#chosen.get(facet) ?? new Set();
    this.#chosen.set(facet, chosen);
    const number = element('span', { class: 'count' });
    const name = element('span', { dir: 'auto' }, facet === 'lang' ? languageName(value, language) : value);
    const toggle = () => {
      if (!chosen.delete(value)) chosen.add(value);
      this.#onChange();
    };
    const button = this.#rows.button({ part: 'filter', class: 'chip' }, toggle, name, ' ', number);
    return {
      cell: this.#rows.cell(button),
      show(/** @type {number} */ count) {
        button.setAttribute('aria-pressed', String(chosen.has(value)));
        number.textContent = new Intl.NumberFormat(language).format(count);
      },
    };
  }
}

/**
 * @param {import('../engine.js').Article} article
 * @param {Facet} facet
 */
function valuesOf(article, facet) {
  const values = article[facet];
  return Array.isArray(values) ? values : values === undefined ? [] : [values];
}

/**
 * @param {string} tag
 * @param {string} language
 */
function languageName(tag, language) {
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(tag) ?? tag;
  } catch {
    // A bundle's text is not trusted to be a language tag.
    return tag;
  }
}
