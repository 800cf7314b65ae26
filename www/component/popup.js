import { positionPanel } from './panel-position.js';

/** Has the panel open below the field, in the top layer, and close when the reader is done with it. */
export class Popup {
  #host;
  #field;
  /** @type {HTMLElement | undefined} */
  #panel;
  #open = false;

  /**
   * @param {HTMLElement} host the box
   * @param {import('./field.js').Field} field
   */
  constructor(host, field) {
    this.#host = host;
    this.#field = field;
  }

  /**
   * What opens and closes from now on.
   * @param {HTMLElement | undefined} panel a popover; none on a results page
   */
  hold(panel) {
    this.#panel = panel;
    // A pointer in the panel leaves the focus in the input.
    panel?.addEventListener('mousedown', (event) => event.preventDefault());
    if (panel && this.#open) this.#show();
    else this.#open = false;
  }

  get open() {
    return this.#open;
  }

  set open(open) {
    if (!this.#panel || open === this.#open) return;
    this.#open = open;
    this.#show();
  }

  #show() {
    // One that was taken out of the page is closed already.
    if (this.#panel?.isConnected) this.#panel.togglePopover(this.#open);
    this.#field.input.setAttribute('aria-expanded', String(this.#open));
  }

  position() {
    if (this.#panel && this.#open) positionPanel(this.#panel, this.#field.element);
  }

  /**
   * Follows the field as the page moves, and tells when the reader turns to something else.
   * @param {() => void} onLeave
   * @param {AbortSignal} signal
   */
  listen(onLeave, signal) {
    this.#host.addEventListener('focusout', ({ relatedTarget }) => {
      const left = !(relatedTarget instanceof Node) || !this.#host.contains(relatedTarget);
      if (left && document.hasFocus() && relatedTarget) onLeave();
    }, { signal });
    document.addEventListener('pointerdown', (event) => {
      if (!event.composedPath().includes(this.#host)) onLeave();
    }, { signal });
    const position = () => this.position();
    for (const event of ['scroll', 'resize']) addEventListener(event, position, { signal, passive: true, capture: true });
    globalThis.visualViewport?.addEventListener('resize', position, { signal });
  }
}
