// What the tests of the sections below the hits share.

import { hits } from './support.mjs';

/** Scrolls to a section, which loads it, and resolves to it once it shows something. */
export async function panel(page, id) {
  const section = page.locator(`#${id}`);
  await section.scrollIntoViewIfNeeded();
  await section.locator({ map: '.chart', how: '.card', benchmark: 'button' }[id]).first().waitFor();
  return section;
}

/** Waits until the map has its marks at rest, and resolves to them: `{ passage, label, x, y, away }`, places in the chart. */
export async function marks(page) {
  await hits(page, 'hybrid');
  await panel(page, 'map');
  await page.locator('#map:not([aria-busy]) .mark').first().waitFor({ state: 'attached' });
  let last;
  for (;;) {
    const now = await page.locator('#map .mark').evaluateAll((all) => all.map((mark) => {
      const [x, y] = mark.style.translate.split(' ').map(parseFloat);
      return { passage: mark.dataset.passage, label: mark.getAttribute('aria-label'), x, y: y ?? 0, away: mark.hasAttribute('data-away') };
    }));
    if (JSON.stringify(now) === JSON.stringify(last) && now.every(({ x }) => Number.isFinite(x))) return now;
    last = now;
    await page.waitForTimeout(150);
  }
}

/** Which ranks a mark names, by method: `{ kNN: 1, SVM: 3 }`. */
export function ranks({ label }) {
  return Object.fromEntries([...label.matchAll(/(kNN|SVM|Hybrid|With keywords) (\d+)(?=, |$)/g)].map(([, name, rank]) => [name, Number(rank)]));
}
