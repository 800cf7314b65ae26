import { byId, within } from './dom.js';

/** What a search of a bundle in shards took and how complete it is, with the way to all of the site. */
export class Parts {
  #section = byId('parts', HTMLElement);
  #strings;
  #format;

  /**
   * @param {import('./strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   * @param {() => unknown} onWhole all of the site is wanted
   */
  constructor(strings, format, onWhole) {
    this.#strings = strings;
    this.#format = format;
    byId('load-whole', HTMLButtonElement).addEventListener('click', () => onWhole());
  }

  /** @param {import('../client/types.js').SearchResult} result of shards; one of a whole bundle hides this */
  show({ complete, fetched }) {
    this.#section.hidden = complete === undefined || !fetched;
    if (complete === undefined || !fetched) return;
    within(this.#section, 'p', HTMLElement).textContent = this.#strings.parts(
      this.#format.count(fetched.files), this.#format.bytes(fetched.bytes), this.#format.percent(complete));
  }

  hide() {
    this.#section.hidden = true;
  }
}
