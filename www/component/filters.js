import { element } from './dom.js';
import { replaceChildren } from './replace-children.js';

/** How many values of a field are offered. */
const OFFERED = 8;

/** Filters by fields of articles, of whose values those are offered that articles found have. */
export class Filters {
  #fields;
  #strings;
  #rows;
  #onChange;
  /** What is chosen. @type {Map<string, Set<string>>} */
  #chosen = new Map();
  /** The row of a field: kept, as are its buttons, so that the one just pressed stays chosen. @type {Map<string, HTMLElement>} */
  #kept = new Map();
  /** By field and value. @type {Map<string, { cell: Node, show(count: number): void }>} */
  #cells = new Map();

  /**
   * @param {readonly string[]} fields
   * @param {import('./strings.js').Strings} strings
   * @param {import('./rows.js').Rows} rows
   * @param {() => void} onChange
   * @param {Record<string, string[]>} chosen at first
   */
  constructor(fields, strings, rows, onChange, chosen) {
    this.#fields = fields;
    this.#strings = strings;
    this.#rows = rows;
    this.#onChange = onChange;
    for (const field of fields) this.#chosen.set(field, new Set(chosen[field]));
  }

  /** The values that are chosen in each field: articles must have one of them. */
  get chosen() {
    return Object.fromEntries([...this.#chosen].map(([field, values]) => [field, [...values]]));
  }

  /**
   * A row of buttons a field, for those that would tell articles apart.
   * @param {import('../client/types.js').Facet[]} facets
   */
  rows(facets) {
    return this.#fields.flatMap((field) => {
      const counts = this.#counts(field, facets.find((facet) => facet.field === field)?.counts ?? []);
      if (counts.length < 2) return [];
      const row = this.#kept.get(field) ?? this.#rows.row({ class: 'choices' });
      this.#kept.set(field, row);
      const caption = element('span', { class: 'caption', role: 'presentation' }, this.#strings.filters[field] ?? field);
      const cells = counts.map(({ value, count }) => {
        const button = this.#cells.get(`${field} ${value}`) ?? this.#button(field, value);
        this.#cells.set(`${field} ${value}`, button);
        button.show(count);
        return button.cell;
      });
      replaceChildren(row, [row.querySelector('.caption') ?? caption, ...cells]);
      return [row];
    });
  }

  /**
   * The commonest values, then what else is chosen.
   * @param {string} field
   * @param {import('../client/types.js').Facet['counts']} counts
   */
  #counts(field, counts) {
    const chosen = this.#chosen.get(field);
    const offered = counts.filter(({ value }, i) => i < OFFERED || chosen?.has(value));
    const others = [...chosen ?? []].filter((value) => !offered.some((other) => other.value === value));
    return [...offered, ...others.map((value) => ({ value, count: 0 }))];
  }

  /**
   * @param {string} field
   * @param {string} value
   */
  #button(field, value) {
    const { language } = this.#strings;
    const chosen = /** @type {Set<string>} */ (this.#chosen.get(field));
    const number = element('span', { class: 'count' });
    const name = element('span', { dir: 'auto' }, field === 'lang' ? languageName(value, language) : value);
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
