import { safeLink } from '../client/exemplar-search.js';
import { atSection } from '../component/section.js';
import { addressWith } from './address.js';
import { byId, element, marked, within } from './dom.js';
import { icon } from './icons.js';
import { moveFrom, placesIn } from './moving.js';
import { passesOf } from './passes.js';
import { Slopes } from './slopes.js';

/**
 * @typedef {import('../client/types.js').Hit} Hit
 * @typedef {'knn' | 'svm' | 'hybrid' | 'whitened+lexical'} Method one that has a column
 * @typedef {import('../client/types.js').SearchResult} SearchResult
 */

/** @type {Method[]} */
export const METHODS = ['knn', 'svm', 'hybrid'];
/** What the client ranks a text by where nothing else is asked for. @type {Method} */
export const DEFAULT = 'whitened+lexical';

/** A column a method, and one of the default ranking where there are words to rank by. */
export class Results {
  #container = byId('results', HTMLElement);
  /** By method. @type {Map<string, HTMLElement>} */
  #columns = new Map();
  #strings;
  #format;
  #slopes;

  /**
   * @param {import('./strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   * @param {(direction: 'more' | 'less', article: string) => unknown} onFeedback a hit was liked or disliked
   */
  constructor(strings, format, onFeedback) {
    this.#strings = strings;
    this.#format = format;
    for (const method of METHODS) this.#columns.set(method, this.#column(method));
    this.#columns.set(DEFAULT, this.#column(DEFAULT));
    this.clear();
    this.#container.append(...this.#columns.values());
    this.#slopes = new Slopes(this.#container);
    this.#container.addEventListener('click', ({ target }) => {
      const button = target instanceof Element ? target.closest('.feedback') : null;
      const article = button?.closest('.hit')?.getAttribute('data-article');
      if (button && article != null) onFeedback(button.matches('[data-direction="more"]') ? 'more' : 'less', article);
    });
  }

  /** @param {Method} method one of those that always have a column */
  headingOf(method) {
    return within(this.#container, `[data-method="${method}"] header`, HTMLElement);
  }

  /** @param {boolean} busy whether newer hits are on their way */
  set busy(busy) {
    this.#container.setAttribute('aria-busy', String(busy));
  }

  /** @param {boolean} estimated whether the hits shown are good to read while better ones are on their way */
  set estimated(estimated) {
    this.#container.toggleAttribute('data-estimated', estimated);
  }

  focus() {
    this.#container.focus({ preventScroll: true });
  }

  clear() {
    for (const [method, column] of this.#columns) {
      column.hidden = method === DEFAULT;
      within(column, '.took', HTMLElement).textContent = '';
      within(column, '.facts', HTMLElement).replaceChildren();
      within(column, 'ol', HTMLOListElement).replaceChildren();
    }
    this.#slopes?.draw();
  }

  /**
   * Where the hits shown are of the same search, a hit that has the focus stays where it is, and the others find their
   * places around it.
   *
   * @param {SearchResult[]} results one a method
   * @param {Map<string, number> | undefined} knnRanks of the articles that kNN ranks highest, by id, if it ranked
   * @param {object} [options]
   * @param {string} [options.lang] the language of articles that do not name theirs
   * @param {boolean} [options.moving] whether hits are to be seen moving to their new places
   */
  show(results, knnRanks, { lang, moving = false } = {}) {
    const sameSearch = this.#container.hasAttribute('data-estimated');
    /** @type {Animation[]} */
    const animations = [];
    for (const [method, column] of this.#columns) {
      const result = results.find((result) => result.method === method);
      column.hidden = !result;
      if (!result) continue;
      within(column, '.took', HTMLElement).textContent = this.#took(result);
      within(column, '.facts', HTMLElement).replaceChildren(...this.#facts(result));
      const bar = barLength(result.hits);
      const items = result.hits.map((hit) => this.#item(hit, bar(hit.score), lang, this.#move(result.method, hit, knnRanks)));
      const list = within(column, 'ol', HTMLOListElement);
      const before = placesIn(list);
      if (sameSearch) replaceAround(list, items);
      else replaceInFocus(list, items);
      if (moving) animations.push(...moveFrom(list, before));
    }
    this.#slopes.follow(animations);
  }

  /** @param {Method} method */
  #column(method) {
    const { name, note } = this.#strings.methods[method];
    const title = `${method.replace('+', '-')}-title`;
    const figure = new URL(`./figures/${method}.svg`, import.meta.url);
    const image = { class: 'figure', src: figure.href, alt: '', width: '320', height: '150' };
    return element('section', { class: 'column', 'data-method': method, 'aria-labelledby': title },
      element('header', {},
        element('h2', { id: title }, name),
        element('p', { class: 'took' })),
      element('p', { class: 'note' }, note),
      element('div', { class: 'facts' }),
      method === DEFAULT ? element('span', { class: 'figure' }) : element('img', image),
      element('ol', { role: 'list', 'aria-label': this.#strings.hits(name) }));
  }

  /** @param {SearchResult} result */
  #took(result) {
    const { milliseconds } = result;
    const passes = passesOf(result);
    const time = milliseconds < 0.1 ? this.#strings.underTenth : this.#format.milliseconds(milliseconds);
    return passes === undefined ? time : `${time}, ${this.#strings.passes(this.#format.count(passes))}`;
  }

  /**
   * How the SVM was solved, and the scale of the column's bars.
   * @param {SearchResult} result
   */
  #facts({ method, hits, svm }) {
    const [first, last] = [hits.at(0)?.score, hits.at(-1)?.score];
    const facts = [];
    if (method === 'svm' && svm) {
      const { stops, gap } = this.#strings;
      facts.push(element('p', { class: 'solver' }, `${gap(this.#format.power(svm.gap))} · ${stops[svm.stop]}`));
    }
    if (first !== undefined && last !== undefined && first > last) {
      const [least, most] = [this.#format.score(last), this.#format.score(first)];
      facts.push(element('p', { class: 'scale' },
        element('span', { class: 'unseen' }, this.#strings.scale(least, most)),
        element('span', { 'aria-hidden': 'true' }, least),
        element('span', { 'aria-hidden': 'true' }, most)));
    }
    return facts;
  }

  /**
   * @param {Hit} hit
   * @param {number} bar 0 to 1
   * @param {string | undefined} siteLang
   * @param {HTMLElement | undefined} move
   */
  #item(hit, bar, siteLang, move) {
    const { rank, score, article, passage, text, highlights } = atSection(hit);
    const lang = article.lang ?? siteLang;
    const excerpt = text ? start(text, highlights?.text) : article.excerpt && marked(article.excerpt, highlights?.excerpt);
    const href = safeLink(article.url, passage.anchor);
    const title = element(href ? 'a' : 'span', { class: 'title', href, lang }, marked(article.title, highlights?.title));
    const similar = element('a', {
      class: 'similar',
      href: addressWith({ similar: article.id }),
      'data-similar': article.id,
      'aria-label': this.#strings.similarTo(article.title),
    }, this.#strings.similar);
    const item = element('li', { class: 'hit', 'data-article': article.id },
      element('span', { class: 'rank', 'aria-hidden': 'true' }, this.#format.count(rank)),
      title,
      element('span', { class: 'score' }, element('span', { class: 'unseen' }, this.#strings.score), ' ', this.#format.score(score)),
      element('span', { class: 'bar', 'aria-hidden': 'true' }),
      passage.heading?.length ? element('p', { class: 'heading', lang }, passage.heading.join(' › ')) : undefined,
      excerpt ? element('p', { class: 'excerpt', lang }, excerpt) : undefined,
      element('p', { class: 'more' }, move, ...this.#labels(article), similar,
        this.#feedback('more', this.#strings.like(article.title)), this.#feedback('less', this.#strings.dislike(article.title))));
    item.style.setProperty('--share', bar.toFixed(3));
    return item;
  }

  /**
   * @param {'more' | 'less'} direction
   * @param {string} label
   */
  #feedback(direction, label) {
    const attributes = { type: 'button', class: 'feedback', 'data-direction': direction, 'aria-label': label, title: label };
    return element('button', attributes, icon(direction));
  }

  /** @param {import('../client/types.js').Article} article */
  #labels({ date, tags = [] }) {
    const labels = tags.map((tag) => element('span', { class: 'tag' }, tag));
    if (date) labels.unshift(element('time', { datetime: date }, date));
    return labels;
  }

  /**
   * How far an article stands above or below its rank in kNN.
   * @param {string} method
   * @param {Hit} hit
   * @param {Map<string, number> | undefined} knnRanks
   */
  #move(method, { rank, article }, knnRanks) {
    if (method === 'knn' || !knnRanks) return undefined;
    const before = knnRanks.get(article.id);
    const known = this.#format.count(before ?? knnRanks.size);
    const steps = this.#format.count(Math.abs((before ?? rank) - rank));
    const [kind, mark, rankThere, words] =
      before === undefined ? ['up', '▲', `>${known}`, this.#strings.beyond(known)]
      : before > rank ? ['up', `▲${steps}`, known, this.#strings.up(steps, known)]
      : before < rank ? ['down', `▼${steps}`, known, this.#strings.down(steps, known)]
      : ['same', '=', known, this.#strings.same];
    return element('span', { class: 'move', 'data-move': kind },
      element('span', { 'aria-hidden': 'true' },
        element('b', {}, mark), ' ', this.#strings.knnRank(rankThere)),
      element('span', { class: 'unseen' }, words));
  }
}

/**
 * Puts new items into a list. Where the focus was in one of the old, it goes to the same part of the one that has taken its
 * place: who likes one hit after another need not find the list again.
 *
 * @param {HTMLOListElement} list
 * @param {HTMLElement[]} items
 */
function replaceInFocus(list, items) {
  const { activeElement } = document;
  const place = [...list.children].findIndex((item) => item.contains(activeElement));
  const part = ['a.title', '.similar', '.feedback[data-direction="more"]', '.feedback[data-direction="less"]'].find((part) => activeElement?.matches(part));
  list.replaceChildren(...items);
  const focused = place >= 0 && part && items[Math.min(place, items.length - 1)]?.querySelector(part);
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
}

/**
 * Puts new items into a list. The one that has the focus keeps its place: who has chosen a hit should not see another
 * under their hand.
 *
 * @param {HTMLOListElement} list
 * @param {HTMLElement[]} items
 */
function replaceAround(list, items) {
  const chosen = [...list.children].find((item) => item.contains(document.activeElement));
  if (!(chosen instanceof HTMLElement)) return list.replaceChildren(...items);
  const place = [...list.children].indexOf(chosen);
  const others = items.filter((item) => item.dataset.article !== chosen.dataset.article);
  const renewed = items.find((item) => item.dataset.article === chosen.dataset.article);
  for (const part of ['.rank', '.score']) {
    const fresh = renewed?.querySelector(part)?.childNodes;
    if (fresh) chosen.querySelector(part)?.replaceChildren(...fresh);
  }
  for (const item of [...list.children]) if (item !== chosen) item.remove();
  // The element itself stays in the page: one that is put in anew has lost the focus.
  chosen.before(...others.slice(0, place));
  chosen.after(...others.slice(place, Math.max(items.length, place + 1) - 1));
}

/**
 * The first characters of a passage, without the word that the limit would cut in two where words have spaces between.
 * @param {string} text
 * @param {import('../client/types.js').Ranges} [ranges] to mark
 */
function start(text, ranges) {
  const [head] = /^.{0,240}(?=\s|$)|^.{240}/su.exec(text) ?? [''];
  const shown = marked(head, ranges?.filter(([, end]) => end <= head.length));
  if (head.length < text.length) shown.append('…');
  return shown;
}

/**
 * The length of a hit's bar: 0 for the last score shown to 1 for the first. Scores of one column share no zero that would
 * mean anything; what counts is how they fall off.
 * @param {Hit[]} hits
 */
function barLength(hits) {
  const last = hits.at(-1)?.score ?? 0;
  const span = (hits.at(0)?.score ?? 0) - last;
  return (/** @type {number} */ score) => (span > 0 ? (score - last) / span : 1);
}
