import { element, marked } from './dom.js';
import { icon } from './icons.js';
import { snippet } from './snippet.js';
import { fill } from './strings.js';

/**
 * @typedef {import('../client/types.js').Hit} Hit
 * @typedef {import('../client/types.js').Article} Article
 * @typedef {import('./strings.js').Strings} Strings
 *
 * @typedef {object} Actions
 * @property {(event: MouseEvent, hit: Hit, url: string) => void} onOpen a link of a hit was followed
 * @property {(hit: Hit, anchor?: string) => string | undefined} linkTo the address of a hit's article, or of a place in it, where it is to be trusted
 * @property {(hit: Hit) => string | undefined} nameOf what tells which bundle a hit is of, where that is to be told
 * @property {(article: Article) => string | undefined} pictureOf the address of an article's picture, where it has one that may be asked for
 * @property {(article: Article, direction: 'more' | 'less') => void} onRefine
 */

/**
 * What the panel lists. Below a combobox it is a grid of rows and cells, which the focus never enters; on a results page it
 * is a list of plain links.
 */
export class Rows {
  #grid;
  #strings;
  #actions;
  /** Number of cells so far, for their ids. */
  #cells = 0;

  /**
   * @param {boolean} grid
   * @param {Strings} strings
   * @param {Actions} actions
   */
  constructor(grid, strings, actions) {
    this.#grid = grid;
    this.#strings = strings;
    this.#actions = actions;
  }

  /**
   * One article: its title, the section that answers, and links to others that do.
   * @param {Hit} hit
   */
  hit(hit) {
    const { article, passage, text, highlights } = hit;
    const { lang } = article;
    const excerpt = text ? snippet(text, highlights?.text) : article.excerpt && snippet(article.excerpt, highlights?.excerpt);
    const body = excerpt ? element('span', { part: 'excerpt', class: 'excerpt' }, excerpt) : undefined;
    const path = pathOf(passage, article);
    const section = path.length > 0;

    const picture = thumbnail(this.#actions.pictureOf(article));
    const title = this.#link(hit, this.#actions.linkTo(hit), { part: 'title', class: 'title' },
      picture,
      element('span', { class: 'name', dir: 'auto', lang }, marked(article.title, highlights?.title)),
      ...labels(article, this.#actions.nameOf(hit), this.#strings.language),
      section ? undefined : body);
    const rows = [this.row({ class: 'head' }, title, ...this.#feedback(article))];
    if (section) {
      rows.push(this.row({ class: 'under' }, this.#link(hit, this.#actions.linkTo(hit, passage.anchor), { part: 'section', class: 'section' },
        element('span', { class: 'heading', dir: 'auto', lang }, path.join(' › ')),
        body)));
    }
    const others = hit.others?.filter(({ passage }) => pathOf(passage, article).length) ?? [];
    if (others.length) {
      rows.push(this.row({ class: 'also' }, ...others.map(({ passage }) =>
        this.#link(hit, this.#actions.linkTo(hit, passage.anchor), { part: 'also' },
          element('span', { class: 'heading', dir: 'auto', lang }, pathOf(passage, article).at(-1))))));
    }
    if (body && lang) body.lang = lang;
    if (body) body.dir = 'auto';
    return element('div', { part: 'hit', class: picture ? 'hit pictured' : 'hit', role: this.#grid ? 'rowgroup' : 'listitem' }, ...rows);
  }

  /**
   * @param {Record<string, string | undefined>} attributes
   * @param {...Node} contents each in a cell of its own
   */
  row(attributes, ...contents) {
    const role = this.#grid ? 'row' : undefined;
    return element('div', { ...attributes, role }, ...contents.map((content) => this.cell(content)));
  }

  /** @param {Node} content */
  cell(content) {
    if (!this.#grid) return content;
    return element('div', { role: 'gridcell', class: 'cell', id: `cell-${this.#cells++}` }, content);
  }

  /**
   * @param {Record<string, string | undefined>} attributes
   * @param {() => void} onClick
   * @param {...(Node | string)} children
   */
  button(attributes, onClick, ...children) {
    const button = element('button', { type: 'button', tabindex: this.#tabindex, ...attributes }, ...children);
    button.addEventListener('click', onClick);
    return button;
  }

  get #tabindex() {
    return this.#grid ? '-1' : undefined;
  }

  /**
   * @param {Hit} hit
   * @param {string | undefined} href none where the address is not to be trusted
   * @param {Record<string, string>} attributes
   * @param {...(Node | string | undefined)} children
   */
  #link(hit, href, attributes, ...children) {
    if (href === undefined) return element('span', attributes, ...children);
    const link = element('a', { ...attributes, href, tabindex: this.#tabindex }, ...children);
    link.addEventListener('click', (event) => this.#actions.onOpen(event, hit, href));
    return link;
  }

  /** @param {Article} article */
  #feedback(article) {
    const { more, less, moreLike, lessLike } = this.#strings;
    const { title } = article;
    /** @type {['more' | 'less', string, string][]} */
    const buttons = [['more', more, fill(moreLike, { title })], ['less', less, fill(lessLike, { title })]];
    return buttons.map(([direction, tip, label]) =>
      this.button({ part: direction, class: 'feedback', title: tip, 'aria-label': label },
        () => this.#actions.onRefine(article, direction), icon(direction)));
  }
}

/**
 * The headings that lead to a passage, where it has an address of its own.
 * @param {import('../client/types.js').Passage} passage
 * @param {Article} article
 */
function pathOf({ anchor, heading = [] }, { title }) {
  return anchor === undefined ? [] : heading.filter((heading) => heading.toLowerCase() !== title.toLowerCase());
}

/**
 * A picture beside a hit, which says nothing that the title does not. Its place stays where it cannot be loaded, so that no row moves.
 * @param {string | undefined} src
 */
function thumbnail(src) {
  if (src === undefined) return undefined;
  const picture = element('img', { part: 'thumbnail', class: 'thumbnail', alt: '', loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer' });
  picture.addEventListener('error', () => picture.classList.add('missing'));
  picture.src = src;
  return picture;
}

/**
 * @param {Article} article
 * @param {string | undefined} bundle
 * @param {string} language
 */
function labels({ date, tags = [] }, bundle, language) {
  const labels = tags.map((tag) => element('span', { part: 'tag', class: 'tag', dir: 'auto' }, tag));
  if (bundle) labels.unshift(element('span', { part: 'bundle', dir: 'auto' }, bundle));
  if (date) labels.unshift(element('time', { part: 'date', datetime: date }, inWords(date, language)));
  // A space, not a margin: where they stand below the title they begin where it does, in either direction.
  return labels.length ? ['\u2002', element('span', { class: 'labels' }, ...labels)] : [];
}

/**
 * The day that the author's calendar showed, whatever the reader's time zone is.
 * @param {string} date ISO 8601; what is not a day of it stays as it is
 * @param {string} language
 */
function inWords(date, language) {
  const day = new Date(/^\d{4}-\d\d-\d\d(?!\d)/.exec(date)?.[0] ?? NaN);
  return isNaN(day.getTime()) ? date : day.toLocaleDateString(language, { dateStyle: 'medium', timeZone: 'UTC' });
}
