import { element } from './dom.js';
import { icon } from './icons.js';
import { takeKeys } from './keys.js';
import { shortcutLabel } from './shortcuts.js';

/**
 * @typedef {object} Actions
 * @property {(composing: boolean) => void} onInput the query changed; `composing`: in an input method, which is not done yet
 * @property {() => void} onFocus
 * @property {() => void} onClick
 * @property {(event: KeyboardEvent) => void} onKey
 * @property {(event: SubmitEvent) => void} onSubmit
 * @property {() => void} onClear
 */

/** What makes the input a combobox, where its hits stand in a panel. */
const COMBOBOX = { 'role': 'combobox', 'aria-autocomplete': 'list', 'aria-haspopup': 'grid', 'aria-controls': 'results', 'aria-expanded': 'false' };

/** The form with the query. It is made once, so that a text being typed, its caret and its composition outlast every change. */
export class Field {
  /** @type {HTMLInputElement} */
  input = element('input', {
    part: 'input', id: 'input', type: 'search', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'search', maxlength: '2000',
  });
  // Keys have Escape; for them this would be one stop more on the way out.
  #clear = element('button', { part: 'clear', class: 'clear', type: 'button', tabindex: '-1', hidden: '' }, icon('clear'));
  #shortcut = element('kbd', { part: 'shortcut', class: 'shortcut', 'aria-hidden': 'true' });
  #hidden = element('span', { hidden: '' });
  element = element('form', { part: 'form', method: 'get' },
    element('div', { part: 'field', class: 'field' }, element('slot', { name: 'icon' }, icon('search')), this.input, this.#shortcut, this.#clear),
    this.#hidden);

  /** @param {Actions} actions */
  constructor({ onInput, onFocus, onClick, onKey, onSubmit, onClear }) {
    const { input } = this;
    input.addEventListener('focus', onFocus);
    input.addEventListener('click', onClick);
    input.addEventListener('input', (event) => onInput(event instanceof InputEvent && event.isComposing));
    input.addEventListener('compositionend', () => onInput(false));
    takeKeys(input, onKey);
    this.element.addEventListener('submit', onSubmit);
    this.#clear.addEventListener('click', onClear);
  }

  /** The query. */
  get value() {
    return this.input.value;
  }

  set value(text) {
    this.input.value = text;
    this.show();
  }

  /** Brings the rest of the field to its query. */
  show() {
    this.#clear.hidden = !this.value;
    // An empty field has the direction of the page, as its placeholder has.
    this.input.dir = this.value ? 'auto' : '';
  }

  /**
   * @param {import('./attributes.js').Attributes} attributes
   * @param {import('./strings.js').Strings} strings
   * @param {HTMLInputElement[]} hidden fields that go along
   */
  configure({ action, param, mode, label, placeholder, shortcuts }, strings, hidden) {
    setAttributes(this.element, { action });
    setAttributes(this.input, { name: param, 'aria-label': label ?? strings.label, placeholder: placeholder ?? strings.placeholder });
    for (const [name, value] of Object.entries(COMBOBOX)) {
      if (mode === 'page') this.input.removeAttribute(name);
      else if (!this.input.hasAttribute(name)) this.input.setAttribute(name, value);
    }
    setAttributes(this.#clear, { 'aria-label': strings.clear });
    const shortcut = shortcutLabel(shortcuts);
    this.#shortcut.textContent = shortcut ?? '';
    this.#shortcut.hidden = !shortcut;
    this.#hidden.replaceChildren(...hidden.map(({ name, value }) => element('input', { type: 'hidden', name, value })));
  }
}

/**
 * @param {Element} to
 * @param {Record<string, string | undefined>} attributes those that are undefined are removed
 */
function setAttributes(to, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) to.removeAttribute(name);
    else if (to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
}
