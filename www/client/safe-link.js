/**
 * An article's address as an absolute address for a link. Undefined if it is not http(s) (`javascript:`, `data:`, ...): such an address
 * must not become a link, because a bundle's text is not trusted.
 *
 * @param {string} url the article's `url`
 * @param {string} [anchor] the passage's `anchor`; default none
 * @param {string} [base] the absolute address that `url` is relative to; default the page's own
 * @returns {string | undefined}
 */
export function safeLink(url, anchor, base = document.baseURI) {
  const parsed = URL.parse(url, base);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) return undefined;
  if (anchor !== undefined) parsed.hash = anchor;
  return parsed.href;
}
