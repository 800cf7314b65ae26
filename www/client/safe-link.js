/**
 * An article's address where it is http(s) or relative; undefined where it is anything else
 * (`javascript:`, `data:`, ...), which must not become a link: a bundle's text is not trusted.
 *
 * @param {string} url
 * @param {string} [anchor] the passage's
 * @param {string} [base] what it is relative to, absolute; default the page's own
 * @returns {string | undefined} absolute
 */
export function safeLink(url, anchor, base = document.baseURI) {
  const parsed = URL.parse(url, base);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) return undefined;
  if (anchor !== undefined) parsed.hash = anchor;
  return parsed.href;
}
