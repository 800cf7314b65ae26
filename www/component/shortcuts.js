/**
 * Whether a key that was pressed is one of the shortcuts, and nobody else's: not taken already, not typed into something
 * that edits, be it in a shadow root, and no part of a composition.
 *
 * @param {KeyboardEvent} event
 * @param {string} shortcuts such as `mod+k /`: `mod` is Ctrl or ⌘, `alt` and `shift` are themselves
 */
export function isShortcut(event, shortcuts) {
  if (event.defaultPrevented || isComposing(event) || editing(event)) return false;
  return shortcuts.split(/\s+/).filter(Boolean).some((shortcut) => pressed(event, shortcut));
}

/**
 * Whether the key belongs to an input method. Safari ends a composition before its last keydown, and says so only by
 * the old key code.
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * @param {KeyboardEvent} event
 * @param {string} shortcut
 */
function pressed(event, shortcut) {
  const parts = shortcut.toLowerCase().split('+');
  const key = parts.pop();
  const [mod, alt, shift] = ['mod', 'alt', 'shift'].map((name) => parts.includes(name));
  // A sign such as / needs shift on some keyboards, so shift only counts where it is named or a letter is.
  const shiftFits = shift ? event.shiftKey : !event.shiftKey || !/^[a-z]$/.test(key ?? '');
  return isKey(event, key) && (event.ctrlKey || event.metaKey) === mod && event.altKey === alt && shiftFits;
}

/**
 * A letter of another script stands for the Latin one on the same key, as on Cyrillic, Hebrew and Korean keyboards.
 * @param {KeyboardEvent} event
 * @param {string | undefined} key in lower case
 */
function isKey(event, key = '') {
  if (/^(?!\p{Script=Latin})\p{L}$/u.test(event.key)) return event.code.toLowerCase() === `key${key}`;
  return event.key?.toLowerCase() === key;
}

/** @param {Event} event */
function editing(event) {
  const [target] = event.composedPath();
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/**
 * The first shortcut as the reader's keyboard names it.
 * @param {string} shortcuts
 */
export function shortcutLabel(shortcuts) {
  const [first] = shortcuts.split(/\s+/).filter(Boolean);
  const mac = /mac|iphone|ipad/i.test(navigator.platform);
  return first
    ?.replace(/mod\+/i, mac ? '⌘' : 'Ctrl ')
    .replace(/alt\+/i, mac ? '⌥' : 'Alt ')
    .replace(/shift\+/i, mac ? '⇧' : 'Shift ')
    .replace(/.$/, (key) => key.toUpperCase());
}
