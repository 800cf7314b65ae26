import { element } from './dom.js';
import { keepFromPage } from './keys.js';

/**
 * Has field and panel open in a dialog, over a page that stands still meanwhile. The browser keeps the focus in it, and gives it back
 * to where it was.
 */
export class Dialog {
  element;
  #field;
  #close = element('button', { part: 'close', class: 'close', type: 'button' });
  #onLeave;
  #open = false;
  /** Gives the page its scrolling back. @type {() => void} */
  #letScroll = () => {};

  /**
   * @param {import('./field.js').Field} field
   * @param {() => void} onLeave the reader is done with it
   */
  constructor(field, onLeave) {
    this.#field = field;
    this.#onLeave = onLeave;
    this.element = element('dialog', { part: 'dialog' }, element('div', { class: 'top' }, field.element, this.#close));
    this.#close.addEventListener('click', onLeave);
    this.element.addEventListener('cancel', (event) => {
      event.preventDefault();
      onLeave();
    });
    keepFromPage(this.element);
    this.#closeOnBackdrop();
  }

  /** What was pressed and let go beside it; text that is selected may end there. */
  #closeOnBackdrop() {
    let pressed = false;
    this.element.addEventListener('pointerdown', ({ target }) => (pressed = target === this.element));
    this.element.addEventListener('click', ({ target }) => {
      if (pressed && target === this.element) this.#onLeave();
    });
  }

  /**
   * @param {string} label
   * @param {string} close what the button to close it says
   */
  configure(label, close) {
    this.element.setAttribute('aria-label', label);
    this.#close.textContent = close;
  }

  get open() {
    return this.#open;
  }

  set open(open) {
    if (open === this.#open) return;
    this.#open = open;
    if (open) this.#show();
    else this.#hide();
  }

  /** The box is somewhere else in the page, where a dialog covers nothing until it is shown again. */
  moved() {
    if (!this.#open) return;
    this.#hide();
    this.#show();
  }

  #show() {
    this.element.showModal();
    this.#field.input.focus();
    this.#letScroll = holdPage();
  }

  #hide() {
    this.element.close();
    this.#letScroll();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const screen = globalThis.visualViewport;
    // What the phone's keyboard leaves of the screen.
    const resized = () => this.element.style.setProperty('--_screen', `${screen?.height}px`);
    screen?.addEventListener('resize', resized, { signal });
    if (screen) resized();
  }
}

/**
 * Keeps the page from scrolling, and what stands on it in its place.
 * @returns {() => void} ends it
 */
function holdPage() {
  const { documentElement } = document;
  const { style } = documentElement;
  const { overflow, scrollbarGutter } = style;
  // A scrollbar that takes no room leaves none.
  if (innerWidth > documentElement.clientWidth) style.scrollbarGutter = 'stable';
  style.overflow = 'hidden';
  return () => Object.assign(style, { overflow, scrollbarGutter });
}
