// The languages of the box beside English. Each is a file of its own, which only readers of that language download.

import { withFallbacks } from './language.js';
import { en } from './strings.js';

/** @import { SomeStrings, Strings } from './strings.js' */

/** By BCP 47 tag in lower case. @type {Record<string, () => Promise<{ default: Strings }>>} */
const contributed = {
  ar: () => import('./strings/ar.js'),
  cs: () => import('./strings/cs.js'),
  de: () => import('./strings/de.js'),
  es: () => import('./strings/es.js'),
  fa: () => import('./strings/fa.js'),
  fr: () => import('./strings/fr.js'),
  he: () => import('./strings/he.js'),
  hi: () => import('./strings/hi.js'),
  id: () => import('./strings/id.js'),
  it: () => import('./strings/it.js'),
  ja: () => import('./strings/ja.js'),
  ko: () => import('./strings/ko.js'),
  nl: () => import('./strings/nl.js'),
  pl: () => import('./strings/pl.js'),
  pt: () => import('./strings/pt.js'),
  ru: () => import('./strings/ru.js'),
  sv: () => import('./strings/sv.js'),
  tr: () => import('./strings/tr.js'),
  uk: () => import('./strings/uk.js'),
  vi: () => import('./strings/vi.js'),
  zh: () => import('./strings/zh.js'),
  'zh-hant': () => import('./strings/zh-hant.js'),
};

/** What was downloaded of them. @type {Map<string, SomeStrings>} */
const downloaded = new Map();

/** What sites add: other languages, and strings of these that they would rather have otherwise. @type {Record<string, SomeStrings>} */
export const languages = { en };

/**
 * The strings for the first tag that has any, by BCP 47 fallback (RFC 4647, lookup): `ja-Hira-JP`, `ja-Hira`, `ja`. Each goes over those
 * before it, and all over English.
 *
 * @param {readonly string[]} tags best first
 * @returns {SomeStrings[] | Promise<SomeStrings[]>} a promise while they are downloaded
 */
export function stringsFor(tags) {
  const tag = tags.flatMap(fallbacks).find((tag) => Object.hasOwn(languages, tag) || Object.hasOwn(contributed, tag));
  if (tag === undefined) return [];
  const all = (/** @type {SomeStrings} */ strings = {}) => [strings, languages[tag] ?? {}];
  if (downloaded.has(tag) || !contributed[tag]) return all(downloaded.get(tag));
  return contributed[tag]().then(({ default: strings }) => {
    downloaded.set(tag, strings);
    return all(strings);
    // A search in English is better than none.
  }, () => all());
}

/** @param {string} tag */
function fallbacks(tag) {
  const shorter = withFallbacks(tag.toLowerCase());
  return [...shorter.slice(0, -1), ...withScript(tag), ...shorter.slice(-1)];
}

/**
 * Taiwan writes Chinese in other characters than China.
 * @param {string} tag
 */
function withScript(tag) {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return [`${language}-${script}`.toLowerCase()];
  } catch {
    return [];
  }
}
