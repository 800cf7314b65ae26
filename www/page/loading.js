import { byId, within } from './dom.js';

/** Two bars, for the bundle and for the WebAssembly core, in bytes. */
export class Loading {
  #panel = byId('loading', HTMLElement);
  #strings;
  #format;

  /**
   * @param {import('./strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   */
  constructor(strings, format) {
    this.#strings = strings;
    this.#format = format;
  }

  start() {
    for (const bar of this.#panel.querySelectorAll('progress')) bar.removeAttribute('value');
    for (const bytes of this.#panel.querySelectorAll('output')) bytes.textContent = '';
    this.#panel.hidden = false;
  }

  /** @param {import('../client/types.js').Progress} progress */
  show({ phase, loaded, total }) {
    const bar = byId(`loading-${phase}`, HTMLProgressElement);
    if (total === undefined) bar.removeAttribute('value');
    else {
      bar.max = total || 1;
      bar.value = total ? loaded : 1;
    }
    const bytes = (/** @type {number} */ n) => this.#format.bytes(n);
    within(this.#panel, `output[for="${bar.id}"]`, HTMLOutputElement).textContent =
      total === undefined ? bytes(loaded) : this.#strings.of(bytes(loaded), bytes(total));
  }

  end() {
    this.#panel.hidden = true;
  }
}
