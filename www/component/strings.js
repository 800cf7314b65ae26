// All strings of the search box. A site adds a language with `ExemplarSearch.languages.fr = { ... }`, and changes single strings of one
// box with its `strings` property. Missing strings are taken from English.

/**
 * @typedef {typeof en} Strings
 *
 * Some of the strings, also of a group of them.
 * @typedef {{ [Name in keyof Strings]?: Strings[Name] extends Record<string, string> ? Partial<Strings[Name]> : Strings[Name] }} SomeStrings
 */

const en = {
  language: 'en',
  label: 'Search',
  placeholder: 'Search',
  clear: 'Clear',
  submit: 'Search',
  results: 'Results',
  idle: 'Ask in your own words.',
  suggestions: 'Try',
  recent: 'Recent searches',
  forget: 'Forget them',
  filters: { lang: 'Language', tags: 'Tag' },
  loading: (/** @type {string} */ loaded, /** @type {string | undefined} */ total) =>
    total ? `Loading the search: ${loaded} of ${total}` : `Loading the search: ${loaded}`,
  searching: 'Searching…',
  found: (/** @type {number} */ n, /** @type {string} */ count) => (n === 1 ? '1 result' : `${count} results`),
  none: (/** @type {string} */ query) => `Nothing found for “${query}”`,
  noneAdvice: 'Try other words, or fewer.',
  noneFiltered: 'No result matches the filters.',
  more: 'More like this',
  less: 'Less like this',
  moreLike: (/** @type {string} */ title) => `More like “${title}”`,
  lessLike: (/** @type {string} */ title) => `Less like “${title}”`,
  undo: (/** @type {string} */ what) => `${what}: undo`,
  retry: 'Try again',
  offline: 'Offline.',
  here: 'Answered on this device.',
  words: 'Answered on this device, by words alone.',
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

/** @type {Strings} */
const ja = {
  language: 'ja',
  label: '検索',
  placeholder: '検索',
  clear: '消去',
  submit: '検索',
  results: '検索結果',
  idle: '自分の言葉で尋ねてください。',
  suggestions: '例',
  recent: '最近の検索',
  forget: '履歴を消す',
  filters: { lang: '言語', tags: 'タグ' },
  loading: (loaded, total) => (total ? `検索を読み込み中: ${loaded} / ${total}` : `検索を読み込み中: ${loaded}`),
  searching: '検索中…',
  found: (_n, count) => `${count} 件`,
  none: (query) => `「${query}」に合うものは見つかりません`,
  noneAdvice: '別の言葉や、短い言葉で試してください。',
  noneFiltered: '絞り込みに合う結果がありません。',
  more: '似たものを増やす',
  less: '似たものを減らす',
  moreLike: (title) => `「${title}」に似たものを増やす`,
  lessLike: (title) => `「${title}」に似たものを減らす`,
  undo: (what) => `${what}: 取り消す`,
  retry: '再試行',
  offline: 'オフラインです。',
  here: 'この端末で検索しました。',
  words: 'この端末で、言葉だけで検索しました。',
  keys: { move: '移動', open: '開く', close: '閉じる' },
  failed: '今は検索できません',
  errors: {
    network: 'サーバーから応答がありません。ネットワークを確かめてください。',
    cors: 'サーバーは動いていますが、このサイトに応答を読むことを許していません (CORS)。',
    unauthorized: '埋め込み API がキーを受け付けません。',
    'rate-limited': 'リクエストが多すぎるため、埋め込み API が待つよう求めています。',
    timeout: 'サーバーが時間内に応答しませんでした。',
    http: 'サーバーがエラーを返しました。',
    bundle: '検索データが壊れているか、この検索とは別の版のものです。',
    'query-dimensions': '埋め込み API のモデルが検索データと異なります。',
    'other-model': '埋め込み API のモデルが検索データと異なります。',
    'no-method': '検索データに言葉の索引がなく、埋め込み API の指定もありません。',
    'no-wasm': 'このブラウザーかサイトのポリシーが、検索の実行 (WebAssembly) を許していません。',
    fallback: '問題が起きました。続く場合はページを再読み込みしてください。',
  },
};

/** By BCP 47 tag in lower case. @type {Record<string, SomeStrings>} */
export const languages = { en, ja };

/**
 * The strings for the first tag that has any, by BCP 47 fallback (RFC 4647, lookup): `ja-Hira-JP`, `ja-Hira`, `ja`; in the
 * end English.
 *
 * @param {readonly string[]} tags best first
 * @param {SomeStrings} [overrides]
 * @returns {Strings}
 */
export function stringsFor(tags, overrides) {
  const tag = tags.flatMap(fallbacks).find((tag) => Object.hasOwn(languages, tag));
  return over(over(en, tag === undefined ? {} : languages[tag]), overrides);
}

/** @param {string} tag */
function fallbacks(tag) {
  const subtags = tag.toLowerCase().split('-');
  return subtags.map((_, i) => subtags.slice(0, subtags.length - i).join('-'));
}

/**
 * @param {any} strings
 * @param {any} overrides
 */
function over(strings, overrides) {
  const all = { ...strings };
  for (const [key, value] of Object.entries(overrides ?? {})) {
    all[key] = typeof value === 'object' ? over(strings[key], value) : value;
  }
  return all;
}

/**
 * The likely cause of a failure.
 * @param {Strings} strings
 * @param {{ code?: string }} error
 */
export function causeOf({ errors }, { code = '' }) {
  const key = /^bundle-|^duplicate-id$/.test(code) ? 'bundle' : code;
  return Object.hasOwn(errors, key) ? errors[/** @type {keyof Strings['errors']} */ (key)] : errors.fallback;
}
