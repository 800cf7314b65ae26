/**
 * Makes these the children of an element, and leaves those alone that are there already: what is chosen, focused or
 * scrolled stays so.
 * @param {Element} parent
 * @param {Node[]} nodes
 */
export function replaceChildren(parent, nodes) {
  for (const child of [...parent.childNodes]) if (!nodes.includes(child)) child.remove();
  nodes.forEach((node, i) => {
    if (parent.childNodes[i] !== node) parent.insertBefore(node, parent.childNodes[i] ?? null);
  });
}
