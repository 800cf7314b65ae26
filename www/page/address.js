import { DEFAULT_C, nearestC } from './c-slider.js';

// What the page shows is in its address, so that it can be linked to and gone back to.

/**
 * @typedef {object} Address
 * @property {string} query
 * @property {number} k
 * @property {number} C the SVM's
 * @property {string} [bundle] the bundle's name in bundles/index.json; the first where it is missing
 * @property {string} [similar] the id of the article whose likes are shown
 * @property {string[]} more ids of articles that the reader likes
 * @property {string[]} less ids of articles that the reader does not want; none of `more`
 * @property {string} [lang]
 */

export const DEFAULT_K = 10;
const MAX_K = 100;

/** @returns {Address} */
export function readAddress() {
  const parameters = new URLSearchParams(location.search);
  const k = Number(parameters.get('k') ?? DEFAULT_K);
  const more = [...new Set(parameters.getAll('more'))];
  return {
    query: parameters.get('q')?.trim() ?? '',
    k: Number.isInteger(k) && k >= 1 && k <= MAX_K ? k : DEFAULT_K,
    C: nearestC(Number(parameters.get('C') ?? DEFAULT_C)),
    bundle: parameters.get('bundle') ?? undefined,
    similar: parameters.get('similar') ?? undefined,
    more,
    less: [...new Set(parameters.getAll('less'))].filter((id) => !more.includes(id)),
    lang: parameters.get('lang') ?? undefined,
  };
}

/**
 * The present address with some of its parts changed, relative to the page.
 * @param {Partial<Address>} changes
 */
export function addressWith(changes) {
  const { query, k, C, bundle, similar, more, less, lang } = { ...readAddress(), ...changes };
  const parameters = new URLSearchParams();
  if (query) parameters.set('q', query);
  if (k !== DEFAULT_K) parameters.set('k', String(k));
  if (C !== DEFAULT_C) parameters.set('C', String(C));
  if (bundle !== undefined) parameters.set('bundle', bundle);
  if (similar !== undefined) parameters.set('similar', similar);
  for (const id of more) parameters.append('more', id);
  for (const id of less) parameters.append('less', id);
  if (lang !== undefined) parameters.set('lang', lang);
  return `${location.pathname}${parameters.size ? `?${parameters}` : ''}`;
}

/**
 * Another address of this page with the present C.
 * @param {string} href
 */
export function withPresentC(href) {
  const url = new URL(href);
  const { C } = readAddress();
  if (C === DEFAULT_C) url.searchParams.delete('C');
  else url.searchParams.set('C', String(C));
  return url.href;
}
