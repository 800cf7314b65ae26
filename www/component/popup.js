import { positionPanel } from './panel-position.js';

/** Has the panel open below the field, in the top layer, and close when the reader is done with it. */
export class Popup {
  #host;
  #field;
  #onLeave;
  /** @type {HTMLElement | undefined} */
  #panel;
  #open = false;
  /** Where the field was when the panel was put beside it. */
  #place = '';
  #frame = 0;

  /**
   * @param {HTMLElement} host the box
   * @param {HTMLElement} field
   * @param {() => void} onLeave the reader turned to something else
   */
  constructor(host, field, onLeave) {
    this.#host = host;
    this.#field = field;
    this.#onLeave = onLeave;
  }

  /**
   * What opens and closes from now on.
   * @param {HTMLElement} panel a popover
   */
  hold(panel) {
    this.#panel = panel;
    if (this.#open) this.#show();
  }

  get open() {
    return this.#open;
  }

  set open(open) {
    if (open === this.#open) return;
    this.#open = open;
    this.#show();
  }

  /** The box is somewhere else in the page, which has closed every popover in it. */
  moved() {
    if (this.#open) this.#show();
  }

  #show() {
    // One that was taken out of the page is closed already.
    if (this.#panel?.isConnected) this.#panel.togglePopover(this.#open);
    this.#place = '';
    cancelAnimationFrame(this.#frame);
    this.#follow();
  }

  /** Keeps the panel at the field, whatever moves it: a scrolled page, a header that shrinks or sticks, a change of zoom. */
  #follow() {
    if (!this.#open || !this.#panel?.isConnected) return;
    const { x, y, width, height } = this.#field.getBoundingClientRect();
    const screen = globalThis.visualViewport;
    const place = [x, y, width, height, innerWidth, innerHeight, screen?.height, this.#panel.currentCSSZoom].join();
    if (place !== this.#place) positionPanel(this.#panel, this.#field);
    this.#place = place;
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.#host.addEventListener('focusout', ({ relatedTarget }) => {
      const left = !(relatedTarget instanceof Node) || !this.#host.contains(relatedTarget);
      if (left && document.hasFocus() && relatedTarget) this.#onLeave();
    }, { signal });
    document.addEventListener('pointerdown', (event) => {
      if (!event.composedPath().includes(this.#host)) this.#onLeave();
    }, { signal });
  }
}
