/**
 * The articles that a reader has asked this browser to remember, by their ids. Each site has its own; nothing of it leaves
 * the browser. Where storage is denied there are none.
 *
 * @typedef {object} Examples
 * @property {string[]} more
 * @property {string[]} less
 */

/** @param {string} bundle its address */
const keyOf = (bundle) => `exemplar-search:for-you:${bundle}`;

/**
 * @param {string} bundle
 * @returns {Examples | undefined}
 */
export function keptExamples(bundle) {
  try {
    const { more, less } = JSON.parse(localStorage.getItem(keyOf(bundle)) ?? '{}');
    return areIds(more) && areIds(less) ? { more, less } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} bundle
 * @param {Examples} examples
 * @returns {boolean} whether the browser keeps it
 */
export function keepExamples(bundle, { more, less }) {
  try {
    localStorage.setItem(keyOf(bundle), JSON.stringify({ more, less }));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} bundle */
export function forgetExamples(bundle) {
  try {
    localStorage.removeItem(keyOf(bundle));
  } catch {
    // Denied: then nothing was kept either.
  }
}

/** @param {unknown} value */
function areIds(value) {
  return Array.isArray(value) && value.every((id) => typeof id === 'string');
}
