import { byId, element } from './dom.js';
import { stringsFor } from './panel-strings.js';

/**
 * @typedef {object} Asked what is searched for
 * @property {import('../client/types.js').TextAndEmbedding} [query]
 * @property {string[]} more ids of articles that the reader likes
 * @property {string[]} less and of those that the reader does not want
 *
 * What the page shows at the moment.
 * @typedef {object} Shown
 * @property {import('./site.js').Site} site
 * @property {Asked} [asked] what was searched for; missing where nothing was
 * @property {import('../client/types.js').SearchOptions} [options] how, but for the method
 * @property {import('../client/types.js').SearchResult[]} found one a method, best hits first
 *
 * @typedef {Shown & { map: () => Promise<import('../client/types.js').PassageMap> }} Mapped with the map of it, worked out once for
 *   all panels and not before one asks
 *
 * @typedef {object} Panel
 * @property {(shown: Mapped, signal: AbortSignal) => unknown} show the signal is aborted when there is something newer
 *
 * @typedef {new (section: HTMLElement, strings: import('./panel-strings.js').Strings, format: import('./format.js').Format) => Panel} PanelClass
 */

/** By the ids of their sections. @type {Record<string, () => Promise<{ default: PanelClass }>>} */
const MODULES = {
  map: () => import('./map.js'),
  how: () => import('./how-it-works.js'),
  benchmark: () => import('./benchmark.js'),
};
/** How near to the screen a section is when it is loaded. */
const NEAR = '600px';

/** The sections below the hits: each is loaded when it comes near the screen, and follows what is shown while it is. */
export class Panels {
  #sections;
  #latest = new AbortController();

  /**
   * @param {string} language
   * @param {import('./format.js').Format} format
   */
  constructor(language, format) {
    const strings = stringsFor(language);
    this.#sections = Object.entries(MODULES).map(([id, load]) => new Section(byId(id, HTMLElement), load, strings, format));
  }

  /** @param {Shown} shown */
  show(shown) {
    this.#latest.abort();
    this.#latest = new AbortController();
    const { signal } = this.#latest;
    const { site, asked = {}, options } = shown;
    /** @type {ReturnType<Mapped['map']> | undefined} */
    let map;
    const mapped = { ...shown, map: () => (map ??= site.index.map(asked, { ...options, signal })) };
    for (const section of this.#sections) section.show(mapped, signal);
  }

  hide() {
    this.#latest.abort();
    for (const section of this.#sections) section.hide();
  }
}

/** A section of the page and the panel in it, once it is loaded. */
class Section {
  #place;
  #load;
  /** @type {[import('./panel-strings.js').Strings, import('./format.js').Format]} */
  #language;
  /** @type {Promise<Panel> | undefined} */
  #panel;
  #near = false;
  /** What is still to be shown, until there is something newer. @type {{ shown: Mapped, signal: AbortSignal } | undefined} */
  #next;

  /**
   * @param {HTMLElement} place
   * @param {() => Promise<{ default: PanelClass }>} load
   * @param {import('./panel-strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   */
  constructor(place, load, strings, format) {
    this.#place = place;
    this.#load = load;
    this.#language = [strings, format];
    const observer = new IntersectionObserver((entries) => {
      this.#near = entries.at(-1)?.isIntersecting ?? false;
      this.#follow();
    }, { rootMargin: NEAR });
    observer.observe(place);
  }

  /**
   * @param {Mapped} shown
   * @param {AbortSignal} signal
   */
  show(shown, signal) {
    this.#next = { shown, signal };
    this.#place.hidden = false;
    this.#follow();
  }

  hide() {
    this.#next = undefined;
    this.#place.hidden = true;
  }

  async #follow() {
    if (!this.#near || !this.#next) return;
    const { signal } = this.#next;
    const [strings, format] = this.#language;
    this.#place.ariaBusy = 'true';
    this.#panel ??= this.#load().then(({ default: Panel }) => new Panel(this.#place, strings, format)).catch((error) => {
      // What could not be loaded may be there the next time.
      this.#panel = undefined;
      throw error;
    });
    try {
      const panel = await this.#panel;
      signal.throwIfAborted();
      const next = this.#next;
      // Another call, which waited for the same panel, is showing it.
      if (!next) return;
      this.#next = undefined;
      await panel.show(next.shown, signal);
      this.#place.querySelector('.panel-problem')?.remove();
      if (!signal.aborted) this.#place.ariaBusy = null;
    } catch (error) {
      // An index that is freed belongs to a site that was left.
      if (signal.aborted || /** @type {any} */ (error).code === 'freed') return;
      const text = strings.failed(/** @type {Error} */ (error).message);
      this.#place.querySelector('.panel-problem')?.remove();
      this.#place.append(element('p', { class: 'panel-problem', role: 'alert' }, text));
      this.#place.ariaBusy = null;
    }
  }
}
