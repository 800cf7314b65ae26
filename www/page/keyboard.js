import { byId } from './dom.js';

/**
 * `/` goes to the query. Arrow down leads from the query to the hits, arrows move between hits and columns, Escape
 * leads back to the query and clears it.
 *
 * @param {HTMLInputElement} query
 */
export function listenToKeys(query) {
  const results = byId('results', HTMLElement);

  document.addEventListener('keydown', (event) => {
    const { key, target } = event;
    // Keys that choose among an input method's candidates are not for us.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const hit = target instanceof Element ? target.closest('.hit') : null;
    if (key === '/' && !isEditable(target)) goTo(query);
    else if (target === query && key === 'ArrowDown') goTo(results.querySelector('.hit a'));
    else if (target === query && key === 'Escape') query.value = '';
    else if (hit && key === 'Escape') goTo(query);
    else if (hit && key.startsWith('Arrow')) goTo(beside(hit, key, query));
    else return;
    event.preventDefault();
  });
}

/** @param {Element | null} element */
function goTo(element) {
  if (!(element instanceof HTMLElement)) return;
  element.focus();
  if (element instanceof HTMLInputElement) element.select();
}

/**
 * @param {Element} hit
 * @param {string} key
 * @param {HTMLInputElement} query
 */
function beside(hit, key, query) {
  const column = hit.closest('.column');
  const place = [...(column?.querySelectorAll('.hit') ?? [])].indexOf(hit);
  const link = (/** @type {Element | null | undefined} */ column, /** @type {number} */ at) =>
    [...(column?.querySelectorAll('.hit') ?? [])].at(at)?.querySelector('a') ?? null;
  switch (key) {
    case 'ArrowUp':
      return place > 0 ? link(column, place - 1) : query;
    case 'ArrowDown':
      return link(column, place + 1);
    case 'ArrowLeft':
      return link(column?.previousElementSibling, place);
    default:
      return link(column?.nextElementSibling, place);
  }
}

/** @param {EventTarget | null} target */
function isEditable(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
