import { Dialog } from './dialog.js';
import { element } from './dom.js';
import { Opener } from './opener.js';
import { Popup } from './popup.js';

/**
 * How a box stands in the page: `field`, which is a field with a panel that opens below it; `button`, which opens field and panel in a
 * dialog; `page`, a results page, where the panel is part of the page.
 *
 * @typedef {'field' | 'button' | 'page'} Mode
 */

/** Holds field and panel, in one landmark wherever they stand, and opens and closes the panel. */
export class Frame {
  element = element('div', { class: 'box', role: 'search' });
  #host;
  #field;
  #news;
  #opener;
  #onLeave;
  /** @type {Mode | undefined} */
  #mode;
  /** What opens and closes; nothing on a results page. @type {Popup | Dialog | undefined} */
  #popup;
  /** @type {HTMLElement | undefined} */
  #panel;
  /** What lives while the box is in the page in this mode. @type {AbortController | undefined} */
  #listening;

  /**
   * @param {HTMLElement} host the box
   * @param {import('./field.js').Field} field
   * @param {HTMLElement} news where news is told to assistive technology
   * @param {{ onOpen: () => void, onLeave: () => void }} actions the reader wants the panel, or is done with it
   */
  constructor(host, field, news, { onOpen, onLeave }) {
    this.#host = host;
    this.#field = field;
    this.#news = news;
    this.#opener = new Opener(onOpen);
    this.#onLeave = onLeave;
  }

  /**
   * @param {import('./attributes.js').Attributes} attributes
   * @param {import('./strings.js').Strings} strings
   */
  configure({ mode, shortcuts, ...attributes }, strings) {
    const { label = strings.label, placeholder = strings.placeholder } = attributes;
    this.element.setAttribute('aria-label', label);
    this.#opener.configure(placeholder, shortcuts);
    if (mode !== this.#mode) this.#build(mode);
    if (this.#popup instanceof Dialog) this.#popup.configure(label, strings.close);
  }

  /** @param {Mode} mode */
  #build(mode) {
    this.open = false;
    this.#mode = mode;
    // News from outside of an open dialog is not told.
    const parts = [...(this.#panel ? [this.#panel] : []), this.#news];
    if (mode === 'button') {
      const dialog = this.#popup = new Dialog(this.#field, this.#onLeave);
      dialog.element.append(...parts);
      this.element.replaceChildren(this.#opener.element, dialog.element);
    } else {
      this.#popup = mode === 'field' ? new Popup(this.#host, this.#field.element, this.#onLeave) : undefined;
      this.element.replaceChildren(this.#field.element, ...parts);
    }
    if (this.#listening) this.listen();
  }

  /** @param {HTMLElement} panel what is shown with the field from now on */
  hold(panel) {
    this.#panel?.remove();
    this.#panel = panel;
    this.#news.before(panel);
    if (this.#popup instanceof Popup) this.#popup.hold(panel);
  }

  /** Whether there is something to open. */
  get opens() {
    return this.#popup !== undefined;
  }

  get open() {
    return this.#popup?.open ?? false;
  }

  set open(open) {
    if (this.#popup) this.#popup.open = open;
    if (this.#popup) this.#field.input.setAttribute('aria-expanded', String(open));
  }

  /** What the focus goes to: the field, or the button that leads to it. */
  get focusable() {
    return this.#mode === 'button' && !this.open ? this.#opener.element : this.#field.input;
  }

  /** The box was moved within the page, which has closed what was open in it and taken the focus from it. */
  moved() {
    if (!this.open) return;
    this.#popup?.moved();
    this.#field.input.focus();
  }

  /** From when the box is in the page. */
  listen() {
    this.#listening?.abort();
    this.#listening = new AbortController();
    this.#popup?.listen(this.#listening.signal);
  }

  /** The box has left the page. */
  close() {
    this.open = false;
    this.#listening?.abort();
    this.#listening = undefined;
  }
}
