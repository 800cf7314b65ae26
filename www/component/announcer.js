import { element } from './dom.js';

/** Milliseconds without news before it is announced. */
const QUIET = 500;

/** Tells assistive technology what is new, when it stays so. */
export class Announcer {
  element = element('div', { class: 'unseen', role: 'status' });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {string} news none while it may change */
  announce(news) {
    this.stop();
    if (news) this.#timer = setTimeout(() => (this.element.textContent = news), QUIET);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
