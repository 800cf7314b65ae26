/** Room below which the panel would rather stand above the field, and its width on wide screens, in CSS pixels. */
const ROOM = 240;
const WIDTH = 560;
/** From field to panel, and from panel to the edge of the screen. */
const GAP = 6;
const EDGE = 8;

/**
 * Puts the panel, which is in the top layer and so cut off by nothing, below a field or above it; across the screen on
 * phones.
 * @param {HTMLElement} panel
 * @param {HTMLElement} field
 */
export function positionPanel(panel, field) {
  const { top, bottom, left, right, width } = field.getBoundingClientRect();
  const { clientWidth } = document.documentElement;
  const height = globalThis.visualViewport?.height ?? innerHeight;
  const above = height - bottom < ROOM && top > height - bottom;
  const wide = Math.min(Math.max(width, WIDTH), clientWidth - 2 * EDGE);
  const start = getComputedStyle(field).direction === 'rtl' ? right - wide : left;
  const at = Math.min(Math.max(start, EDGE), clientWidth - wide - EDGE);
  const pixels = (/** @type {number} */ n) => `${Math.round(n)}px`;
  panel.style.setProperty('--_left', pixels(at));
  panel.style.setProperty('--_width', `var(--exemplar-panel-width, ${pixels(wide)})`);
  panel.style.setProperty('--_top', above ? 'auto' : pixels(bottom + GAP));
  panel.style.setProperty('--_bottom', above ? pixels(innerHeight - top + GAP) : 'auto');
  // What of the screen is not the panel's: 100dvh, unlike innerHeight, leaves out what the phone's keyboard covers.
  panel.style.setProperty('--_taken', pixels(above ? innerHeight - top + GAP : bottom + GAP + Math.max(0, innerHeight - height)));
}
