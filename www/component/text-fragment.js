/** How many words of a passage are marked at most. */
const MARKED = 6;

/**
 * A link that has the browser mark the words of a hit on the page that it leads to, by a text fragment, which the browser takes off
 * before the page sees its address. Each word goes with those beside it, as the page may have the same word elsewhere too.
 *
 * @param {string} link
 * @param {import('../client/types.js').Hit} hit whose passage has the words
 * @param {string} [anchor] of the link; one of another passage marks nothing
 */
export function withMarks(link, { passage, text = '', highlights }, anchor) {
  if (anchor !== passage.anchor && anchor !== undefined) return link;
  const ranges = highlights?.text ?? [];
  const directives = ranges.slice(0, MARKED).map(([start, end]) => {
    // Within a sentence, which is within a paragraph of the page.
    const before = /([^\s.!?:;]+)\s$/.exec(text.slice(0, start))?.[1];
    const after = /^\s([^\s.!?:;]+)/.exec(text.slice(end))?.[1];
    return `text=${before ? `${encoded(before)}-,` : ''}${encoded(text.slice(start, end))}${after ? `,-${encoded(after)}` : ''}`;
  });
  if (!directives.length) return link;
  return `${link}${link.includes('#') ? '' : '#'}:~:${directives.join('&')}`;
}

/** @param {string} text */
function encoded(text) {
  return encodeURIComponent(text).replace(/-/g, '%2D');
}
