/**
 * A new SVG element; strings among the children become text nodes.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** The sign of each method, around 0, 0: by its shape as well as its colour. Those of one passage fit into each other. */
const SIGNS = {
  'knn': () => svg('circle', { r: 8 }),
  'svm': () => svg('path', { d: 'M0 -6.5L5.5 3.5H-5.5Z', class: 'filled' }),
  'hybrid': () => svg('rect', { x: -10.5, y: -10.5, width: 21, height: 21 }),
  'whitened+lexical': () => svg('path', { d: 'M-10.5 14.5H10.5' }),
};

/**
 * The signs of these methods over each other, for the eye alone.
 * @param {string[]} methods those without a sign are left out
 * @param {number} size in pixels
 */
export function signs(methods, size = 36) {
  const shapes = methods.flatMap((method) => {
    const make = /** @type {Record<string, (() => SVGElement) | undefined>} */ (SIGNS)[method];
    return make ? [svg('g', { 'data-method': method }, make())] : [];
  });
  return svg('svg', { class: 'signs', viewBox: '-18 -18 36 36', width: size, height: size, 'aria-hidden': 'true' }, ...shapes);
}
