/**
 * The page's element with this id, of this class.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`index.html has no ${type.name} #${id}`);
  return element;
}

/**
 * @template {HTMLElement} T
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function within(parent, selector, type) {
  const element = parent.querySelector(selector);
  if (!(element instanceof type)) throw new TypeError(`no ${type.name} ${selector}`);
  return element;
}

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
 * @param {import('../engine.js').Ranges} [ranges]
 */
export function marked(text, ranges = []) {
  let end = 0;
  const pieces = ranges.flatMap((range) => {
    const before = text.slice(end, range[0]);
    end = range[1];
    return [before, element('mark', {}, text.slice(...range))];
  });
  const fragment = document.createDocumentFragment();
  fragment.append(...pieces, text.slice(end));
  return fragment;
}
