import { isComposing } from './shortcuts.js';

/**
 * What keys find, and what they do.
 * @typedef {object} Box
 * @property {string} value the query
 * @property {boolean} open whether the panel is
 * @property {import('./selection.js').Selection | undefined} selection none on a results page, where hits have the focus
 * @property {() => boolean} isRightToLeft
 * @property {() => void} openPanel
 * @property {() => void} closePanel
 * @property {() => void} clear
 */

/**
 * A key in the field of a box. While an input method composes, all keys are its own.
 * @param {KeyboardEvent} event
 * @param {Box} box
 */
export function pressKey(event, box) {
  if (isComposing(event)) return;
  if (event.key === 'Escape') escape(event, box);
  else if (box.selection) choose(event, box, box.selection);
}

/**
 * What edits the field is no shortcut of the page. Pages spare keys in fields, but from outside, this field's keys seem to come
 * from an element that is none: a letter would open another search, an arrow turn to the next chapter.
 * @param {KeyboardEvent} event
 */
export function keepFromPage(event) {
  const ours = !event.ctrlKey && !event.metaKey && !event.altKey && !/^(Escape|Tab|F\d+)$/.test(event.key);
  if (ours) event.stopPropagation();
}

/**
 * Closes the panel first, clears next, and then is no longer ours.
 * @param {KeyboardEvent} event
 * @param {Box} box
 */
function escape(event, box) {
  if (!box.open && !box.value) return;
  event.preventDefault();
  event.stopPropagation();
  if (box.open) box.closePanel();
  else box.clear();
}

/**
 * @param {KeyboardEvent} event
 * @param {Box} box
 * @param {import('./selection.js').Selection} selection
 */
function choose(event, box, selection) {
  const { cell } = selection;
  const row = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === 'Tab') {
    box.closePanel();
  } else if (event.key === 'Enter' && cell) {
    event.preventDefault();
    follow(event, cell);
  } else if (row) {
    event.preventDefault();
    if (!box.open) box.openPanel();
    else if (event.altKey && row < 0) box.closePanel();
    else selection.moveRow(/** @type {1 | -1} */ (row));
  } else if (along && cell) {
    event.preventDefault();
    selection.moveCell(/** @type {1 | -1} */ (box.isRightToLeft() ? -along : along));
  }
}

/**
 * Does what a click would, with the same modifiers.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} cell
 */
function follow({ ctrlKey, metaKey, shiftKey, altKey }, cell) {
  const click = new MouseEvent('click', { ctrlKey, metaKey, shiftKey, altKey, bubbles: true, composed: true, cancelable: true });
  cell.querySelector('a, button')?.dispatchEvent(click);
}
