/**
 * The language around an element, also beyond the shadow roots it is in; then the reader's.
 * @param {HTMLElement} host
 * @returns {readonly string[]} BCP 47 tags, best first
 */
export function languagesOf(host) {
  /** @type {Element | null} */
  let place = host;
  while (place) {
    const lang = place.closest('[lang]')?.getAttribute('lang');
    if (lang) return [lang];
    const root = place.getRootNode();
    place = root instanceof ShadowRoot ? root.host : null;
  }
  return navigator.languages;
}

/**
 * A tag and the shorter ones that stand for more: `zh-Hant-TW`, `zh-Hant`, `zh`.
 * @param {string} tag
 */
export function withFallbacks(tag) {
  const subtags = tag.split('-');
  return subtags.map((_, i) => subtags.slice(0, subtags.length - i).join('-'));
}
