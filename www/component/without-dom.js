// What stands for the browser's own where there is none: a server may import the search box for its pages, and makes no box.

/** @type {typeof HTMLElement} */
export const ElementOrNone = globalThis.HTMLElement ?? class {};

/**
 * A constructed sheet, which a Content-Security-Policy without any style-src allows.
 * @returns {CSSStyleSheet}
 */
export function newStyleSheet() {
  return globalThis.CSSStyleSheet ? new CSSStyleSheet() : /** @type {any} */ ({ replaceSync() {} });
}
