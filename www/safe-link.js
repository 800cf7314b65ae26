/**
 * An article's address where it is http(s) or relative to the page; undefined where it is anything else
 * (`javascript:`, `data:`, ...), which must not become a link: a bundle's text is not trusted.
 *
 * @param {string} url
 * @param {string} [anchor] the passage's
 * @returns {string | undefined} absolute
 */
export function safeLink(url, anchor) {
  const parsed = URL.parse(url, document.baseURI);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) return undefined;
  if (anchor !== undefined) parsed.hash = anchor;
  return parsed.href;
}
