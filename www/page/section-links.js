import { byId } from './dom.js';

/** What the reader does to go elsewhere. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

/** The links at the top that lead to the page's sections. */
export class SectionLinks {
  #links = byId('sections', HTMLElement);
  /** Ends keeping a section in its place. */
  #held = new AbortController();

  constructor() {
    this.#links.addEventListener('click', (event) => {
      const link = event.target instanceof Element && event.target.closest('a');
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.#lead(link.hash);
    });
  }

  /** The sections are there: also the one that the address has named from the beginning. */
  show() {
    if (!this.#links.hidden) return;
    this.#links.hidden = false;
    this.#lead(location.hash);
  }

  hide() {
    this.#held.abort();
    this.#links.hidden = true;
  }

  /**
   * Sections fill when they come near, those above this one too: it stays at the top of the screen until the reader moves.
   * @param {string} hash
   */
  #lead(hash) {
    const link = [...this.#links.querySelectorAll('a')].find((link) => link.hash === hash);
    if (!link) return;
    const section = byId(hash.slice(1), HTMLElement);
    this.#held.abort();
    this.#held = new AbortController();
    const { signal } = this.#held;
    section.focus({ preventScroll: true });
    const observer = new ResizeObserver(() => section.scrollIntoView());
    for (const part of document.querySelectorAll('main > *')) observer.observe(part);
    signal.addEventListener('abort', () => observer.disconnect());
    for (const move of MOVES) addEventListener(move, () => this.#held.abort(), { signal, passive: true, capture: true });
  }
}
