/**
 * Puts the page's text into index.html, which has none of its own.
 * @param {import('./strings.js').Strings} strings
 */
export function translate(strings) {
  document.documentElement.lang = strings.language;
  /** @type {[attribute: string, put: (element: Element, text: string) => void][]} */
  const places = [
    ['data-text', (element, text) => (element.textContent = text)],
    ['data-label', (element, text) => element.setAttribute('aria-label', text)],
    ['data-placeholder', (element, text) => element.setAttribute('placeholder', text)],
  ];
  for (const [attribute, put] of places) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      const key = /** @type {keyof typeof strings} */ (element.getAttribute(attribute));
      put(element, String(strings[key]));
    }
  }
}
