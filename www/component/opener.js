import { element } from './dom.js';
import { icon } from './icons.js';
import { shortcutLabel } from './shortcuts.js';

/** The button that opens the dialog. It looks like the field; where the screen is narrow, of its text only the name is left. */
export class Opener {
  #text = element('span', { part: 'button-label', class: 'button-label' });
  #shortcut = element('kbd', { part: 'shortcut', class: 'shortcut', 'aria-hidden': 'true' });
  element = element('button', { part: 'button', class: 'field opener', type: 'button', 'aria-haspopup': 'dialog' },
    element('slot', { name: 'button' }, icon('search'), this.#text, this.#shortcut));

  /** @param {() => void} onOpen */
  constructor(onOpen) {
    this.element.addEventListener('click', onOpen);
  }

  /**
   * @param {string} text
   * @param {string} shortcuts
   */
  configure(text, shortcuts) {
    this.#text.textContent = text;
    const shortcut = shortcutLabel(shortcuts);
    this.#shortcut.textContent = shortcut ?? '';
    this.#shortcut.hidden = !shortcut;
  }
}
