/**
 * A new element. Strings among the children become text nodes, never markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | undefined>} attributes those that are undefined are left out
 * @param {...(Node | string | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/**
 * A text with its marked ranges in `<mark>`, as text nodes.
 * @param {string} text
 * @param {import('../client/types.js').Ranges} [ranges]
 */
export function marked(text, ranges = []) {
  let end = 0;
  // Of a text that was cut, some may be beyond its end.
  const pieces = ranges.filter(([, end]) => end <= text.length).flatMap((range) => {
    const before = text.slice(end, range[0]);
    end = range[1];
    return [before, element('mark', {}, text.slice(...range))];
  });
  const fragment = document.createDocumentFragment();
  fragment.append(...pieces, text.slice(end));
  return fragment;
}
