/** How long a hit takes to its new place, in milliseconds. */
const DURATION = 350;

/**
 * Where the hits of a list are now, on their way or not: pixels below the list's top, by article.
 * @param {HTMLElement} list
 */
export function placesIn(list) {
  const { top } = list.getBoundingClientRect();
  return new Map([...list.children].map((item) => [articleOf(item), item.getBoundingClientRect().top - top]));
}

/**
 * Moves the hits of a list from where they were to where they are; those that were not there appear. Readers who want
 * little motion see them there at once.
 *
 * @param {HTMLElement} list
 * @param {Map<string | undefined, number>} before
 * @returns {Animation[]}
 */
export function moveFrom(list, before) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return [];
  const after = placesIn(list);
  return [...list.children].flatMap((item) => {
    const from = before.get(articleOf(item));
    const to = after.get(articleOf(item)) ?? 0;
    if (from === to) return [];
    const start = from === undefined ? { opacity: 0 } : { transform: `translateY(${from - to}px)` };
    return [item.animate([start, {}], { duration: DURATION, easing: 'ease-out' })];
  });
}

/** @param {Element} item */
function articleOf(item) {
  return item instanceof HTMLElement ? item.dataset.article : undefined;
}
