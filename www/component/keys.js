import { isComposing } from './shortcuts.js';

/**
 * What keys find, and what they do.
 * @typedef {object} Box
 * @property {string} value the query
 * @property {boolean} open whether the panel is
 * @property {boolean} modal whether in a dialog, where Tab goes round
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

/** What a page's handlers of keys would listen to. */
const TYPES = /** @type {const} */ (['keydown', 'keypress', 'keyup']);
/** Fields, and what their keys do. @type {WeakMap<EventTarget, (event: KeyboardEvent) => void>} */
const fields = new WeakMap();

/**
 * Has a field's keys do what they do there, and keeps them from the page. Pages spare keys in fields, but from outside, this field's keys
 * seem to come from an element that is none: a letter would open another search, an arrow turn to the next chapter.
 *
 * @param {HTMLElement} field
 * @param {(event: KeyboardEvent) => void} onKey
 */
export function takeKeys(field, onKey) {
  fields.set(field, onKey);
  // For a box in a closed shadow root, whose field is not seen from the window.
  for (const type of TYPES) field.addEventListener(type, (event) => event instanceof KeyboardEvent && take(event, onKey));
}

// Before the handlers of pages that take keys on their way down, if they come after this module.
// On a server, nobody types.
for (const type of globalThis.document ? TYPES : []) {
  addEventListener(type, (event) => {
    // Browsers that fill a form in send keys that are none.
    if (!(event instanceof KeyboardEvent)) return;
    const onKey = fields.get(event.composedPath()[0] ?? window);
    if (onKey && (editsField(event) || event.key === 'Escape')) take(event, onKey);
  }, true);
}

/**
 * Keeps keys in a dialog from the page that lies still behind it, whatever in it has the focus.
 * @param {HTMLElement} dialog
 */
export function keepFromPage(dialog) {
  for (const type of TYPES) dialog.addEventListener(type, (event) => event instanceof KeyboardEvent && editsField(event) && event.stopPropagation());
}

/**
 * @param {KeyboardEvent} event
 * @param {(event: KeyboardEvent) => void} onKey
 */
function take(event, onKey) {
  if (event.type === 'keydown') onKey(event);
  if (editsField(event)) event.stopImmediatePropagation();
}

/**
 * Whether a key in a field writes or moves there, and so is no shortcut of the page. AltGr writes, and counts as Ctrl and Alt.
 * @param {KeyboardEvent} event
 */
function editsField(event) {
  if (isComposing(event) || event.getModifierState('AltGraph')) return true;
  return !event.ctrlKey && !event.metaKey && !event.altKey && !/^(Escape|Tab|F\d+)$/.test(event.key);
}

/**
 * Closes the panel first, clears next, and then is no longer ours.
 * @param {KeyboardEvent} event
 * @param {Box} box
 */
function escape(event, box) {
  if (!box.open && !box.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
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
    if (!box.modal) box.closePanel();
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
