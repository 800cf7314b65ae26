// The strings of the search box, in English; those of other languages are in strings/. A site changes single strings of one box with its
// `strings` property, and those of a language with `ExemplarSearch.languages.fr = { ... }`. Missing strings are taken from English.

/**
 * @typedef {typeof en} Strings names in braces stand for what is filled in
 *
 * Some of the strings, also of a group of them.
 * @typedef {{ [Name in keyof Strings]?: Strings[Name] extends string ? string : Partial<Strings[Name]> }} SomeStrings
 */

export const en = {
  language: 'en',
  label: 'Search',
  placeholder: 'Search',
  clear: 'Clear',
  close: 'Close',
  results: 'Results',
  idle: 'Ask in your own words.',
  suggestions: 'Try',
  recent: 'Recent searches',
  forget: 'Forget them',
  filters: /** @type {Record<string, string>} by field */ ({ lang: 'Language', tags: 'Tag' }),
  loading: 'Loading the search: {loaded}',
  loadingOf: 'Loading the search: {loaded} of {total}',
  searching: 'Searching…',
  /** By the plural categories of the language, as Intl.PluralRules names them; those that are missing are `other`. */
  found: /** @type {{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>} */ ({ one: '{n} result', other: '{n} results' }),
  showMore: 'More results',
  none: 'Nothing found for “{query}”',
  noneAdvice: 'Try other words, or fewer.',
  noneFiltered: 'No result matches the filters.',
  nearest: 'Nothing close was found. The nearest results:',
  more: 'More like this',
  less: 'Less like this',
  moreLike: 'More like “{title}”',
  lessLike: 'Less like “{title}”',
  undo: '{what}: undo',
  retry: 'Try again',
  offline: 'Offline.',
  here: 'Answered on this device.',
  words: 'Answered on this device, by words alone.',
  /** Words that say little by themselves, with spaces between them: they are not marked where they stand alone. */
  functionWords: 'a an and are as at back be by can do does for from get has have how i if in into is it its me my not of on or so that the their them there these they this to up was we what when where which who why will with you your',
  keys: { move: 'move', open: 'open', close: 'close' },
  failed: 'The search does not work right now',
  errors: {
    network: 'No answer from the server. Check the network.',
    cors: 'The server works, but does not allow this site to read its answers (CORS).',
    unauthorized: 'The embedding API refuses the key.',
    'rate-limited': 'The embedding API asks for a pause: too many requests.',
    timeout: 'The server did not answer in time.',
    http: 'The server answered with an error.',
    bundle: 'The search data is damaged, or of another version than this search.',
    'query-dimensions': 'The embedding API uses another model than the search data.',
    'other-model': 'The embedding API uses another model than the search data.',
    'no-method': 'The search data has no words to search by, and no embedding API is named.',
    'no-wasm': 'This browser, or the policy of this site, does not allow the search to run (WebAssembly).',
    fallback: 'Something went wrong. If it happens again, reload the page.',
  },
};

/**
 * English, and over it what the others say.
 * @param {...(SomeStrings | undefined)} others
 * @returns {Strings}
 */
export function stringsOver(...others) {
  return others.reduce(over, en);
}

/**
 * @param {any} strings
 * @param {any} overrides
 */
function over(strings, overrides) {
  const all = { ...strings };
  for (const [key, value] of Object.entries(overrides ?? {})) {
    // No language has the plural forms of another.
    all[key] = typeof value === 'object' && key !== 'found' ? over(strings[key], value) : value;
  }
  return all;
}

/**
 * @param {string} string such as `More like “{title}”`
 * @param {Record<string, string>} values by what stands in braces
 */
export function fill(string, values) {
  return string.replace(/\{(\w+)\}/g, (braces, name) => values[name] ?? braces);
}

/**
 * @param {Strings} strings
 * @param {number} n
 */
export function foundIn({ language, found }, n) {
  const form = found[new Intl.PluralRules(language).select(n)] ?? found.other;
  return fill(form, { n: new Intl.NumberFormat(language).format(n) });
}

/**
 * The likely cause of a failure.
 * @param {Strings} strings
 * @param {{ code?: string, message?: string }} error
 */
export function causeOf({ errors }, { code = '', message = '' }) {
  // A fault of the page, for whoever makes it.
  if (code === 'option') return message;
  const key = /^bundle-|^duplicate-id$/.test(code) ? 'bundle' : code;
  return Object.hasOwn(errors, key) ? errors[/** @type {keyof Strings['errors']} */ (key)] : errors.fallback;
}
