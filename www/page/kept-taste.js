/**
 * The articles that a reader has asked this browser to remember, by their ids. Each site has its own; nothing of it leaves
 * the browser. Where storage is denied there are none.
 *
 * @typedef {object} Taste
 * @property {string[]} more
 * @property {string[]} less
 */

/** @param {string} bundle its address */
const keyOf = (bundle) => `exemplar-search:for-you:${bundle}`;

/**
 * @param {string} bundle
 * @returns {Taste | undefined}
 */
export function keptTaste(bundle) {
  try {
    const { more, less } = JSON.parse(localStorage.getItem(keyOf(bundle)) ?? '{}');
    return areIds(more) && areIds(less) ? { more, less } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} bundle
 * @param {Taste} taste
 * @returns {boolean} whether the browser keeps it
 */
export function keepTaste(bundle, { more, less }) {
  try {
    localStorage.setItem(keyOf(bundle), JSON.stringify({ more, less }));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} bundle */
export function forgetTaste(bundle) {
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
