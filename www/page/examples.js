import { briefArticle } from '../component/brief.js';
import { addressWith, readAddress } from './address.js';
import { byId, element, within } from './dom.js';
import { icon } from './icons.js';
import { forgetExamples, keepExamples, keptExamples } from './kept-examples.js';

/**
 * @typedef {import('../client/types.js').Article} Article
 * @typedef {import('./site.js').Site} Site
 * @typedef {'more' | 'less'} Direction whether an article is liked or disliked
 *
 * @typedef {object} Actions
 * @property {(address: string) => Promise<unknown>} go shows an address of this page
 * @property {(text: string) => unknown} say puts a text where the reader is told what happened
 */

/** The articles that the reader likes and does not want, which are in the address, and what this browser keeps of them. */
export class Examples {
  #place = byId('examples', HTMLElement);
  #list = within(this.#place, 'ul', HTMLUListElement);
  #hint = within(this.#place, 'p', HTMLElement);
  #clear = byId('clear-examples', HTMLButtonElement);
  #keep = byId('keep-examples', HTMLButtonElement);
  #forYou = byId('for-you', HTMLAnchorElement);
  #forget = byId('forget-kept', HTMLButtonElement);
  #strings;
  #actions;
  /** @type {Site | undefined} */
  #site;

  /**
   * @param {import('./strings.js').Strings} strings
   * @param {Actions} actions
   */
  constructor(strings, actions) {
    this.#strings = strings;
    this.#actions = actions;
    this.#clear.addEventListener('click', () => this.#takeBackAll());
    this.#keep.addEventListener('click', () => this.#keepAll());
    this.#forget.addEventListener('click', () => this.#forgetKept());
  }

  /**
   * Takes an article as an example, or back where there is no direction.
   * @param {Direction | undefined} direction
   * @param {string} id
   */
  give(direction, id) {
    const { more, less } = readAddress();
    const without = (/** @type {string[]} */ ids) => ids.filter((other) => other !== id);
    const examples = { more: without(more), less: without(less) };
    if (direction) examples[direction].push(id);
    return this.#actions.go(addressWith(examples));
  }

  /**
   * @param {Site} site
   * @param {AbortSignal} signal
   */
  async show(site, signal) {
    if (this.#site !== site) await dropUnknown(site);
    this.#site = site;
    const { more, less } = readAddress();
    const article = (/** @type {string} */ id) => site.index.article(id, { signal }).then(briefArticle);
    const [liked, disliked] = await Promise.all([more, less].map((ids) => Promise.all(ids.map(article))));
    signal.throwIfAborted();
    this.#showChips([
      ...(liked ?? []).map((article) => this.#chip(article, 'more', site.entry.lang)),
      ...(disliked ?? []).map((article) => this.#chip(article, 'less', site.entry.lang)),
    ]);
    this.#showChoices(site);
  }

  /** Whether the examples of the address are those that the browser keeps. */
  get isKept() {
    const { more, less } = readAddress();
    const kept = this.#site && keptExamples(this.#site.url);
    return kept !== undefined && JSON.stringify(kept) === JSON.stringify({ more, less });
  }

  /** @param {HTMLElement[]} chips */
  #showChips(chips) {
    const focused = [...this.#list.children].findIndex((item) => item.contains(document.activeElement));
    this.#list.replaceChildren(...chips.map((chip) => element('li', {}, chip)));
    if (focused >= 0) (chips[Math.min(focused, chips.length - 1)] ?? this.#place).focus();
  }

  /** @param {Site} site */
  #showChoices({ url }) {
    const { query, similar, more, less } = readAddress();
    const kept = keptExamples(url);
    const some = more.length + less.length > 0;
    const hits = query !== '' || similar !== undefined || more.length > 0;
    this.#list.hidden = !some;
    this.#hint.hidden = some || !hits;
    this.#clear.hidden = !some;
    this.#keep.hidden = !some || this.isKept;
    // What is disliked alone ranks nothing.
    this.#forYou.hidden = !kept || this.isKept || (!kept.more.length && query === '');
    this.#forYou.href = addressWith({ similar: undefined, ...kept });
    this.#forget.hidden = !kept;
    if (some || hits || kept) {
      this.#place.hidden = false;
    } else {
      const focused = this.#place.contains(document.activeElement);
      this.#place.hidden = true;
      if (focused) byId('query', HTMLInputElement).focus();
    }
  }

  #takeBackAll() {
    this.#place.focus();
    return this.#actions.go(addressWith({ more: [], less: [] }));
  }

  #keepAll() {
    if (!this.#site) return;
    const { kept, notKept } = this.#strings;
    this.#place.focus();
    this.#actions.say(keepExamples(this.#site.url, readAddress()) ? kept : notKept);
    this.#showChoices(this.#site);
  }

  async #forgetKept() {
    if (!this.#site) return;
    const shown = this.isKept;
    this.#place.focus();
    forgetExamples(this.#site.url);
    if (shown) await this.#takeBackAll();
    else this.#showChoices(this.#site);
    this.#actions.say(this.#strings.forgotten);
  }

  /**
   * @param {Article} article
   * @param {Direction} direction
   * @param {string | undefined} siteLang
   */
  #chip({ id, title, lang }, direction, siteLang) {
    const { unlike, undislike } = this.#strings;
    const label = direction === 'more' ? unlike(title) : undislike(title);
    const chip = element('button', { type: 'button', class: 'chip', 'data-direction': direction, 'aria-label': label, title: label },
      icon(direction), element('span', { class: 'name', lang: lang ?? siteLang }, title), icon('remove'));
    chip.addEventListener('click', () => this.give(undefined, id));
    return chip;
  }
}

/**
 * Forgets those kept articles that the site has no more.
 * @param {Site} site
 */
async function dropUnknown({ url, index }) {
  const kept = keptExamples(url);
  if (!kept) return;
  const known = async (/** @type {string[]} */ ids) => {
    const found = await Promise.allSettled(ids.map((id) => index.article(id)));
    return ids.filter((_, i) => found[i]?.status === 'fulfilled');
  };
  const [more, less] = [await known(kept.more), await known(kept.less)];
  if (!more.length && !less.length) forgetExamples(url);
  else keepExamples(url, { more, less });
}
