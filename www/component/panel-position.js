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
  // Rectangles are in pixels of the screen, lengths in styles in those of the element, which CSS `zoom` makes larger.
  const zoom = panel.currentCSSZoom ?? 1;
  const root = document.documentElement;
  const { top, bottom, left, right, width } = field.getBoundingClientRect();
  const screenWidth = root.clientWidth * (root.currentCSSZoom ?? 1);
  // Unlike innerHeight, it leaves out what the phone's keyboard covers.
  const height = globalThis.visualViewport?.height ?? innerHeight;
  const above = height - bottom < ROOM && top > height - bottom;
  const pixels = (/** @type {number} */ n) => `${Math.round(n / zoom)}px`;
  const set = (/** @type {string} */ name, /** @type {string} */ value) => panel.style.setProperty(name, value);
  set('--_width', pixels(Math.max(width, WIDTH * zoom)));
  // As the page may have it otherwise, and the screen be too narrow for it.
  const wide = panel.getBoundingClientRect().width;
  const start = getComputedStyle(field).direction === 'rtl' ? right - wide : left;
  set('--_left', pixels(Math.min(Math.max(start, EDGE), screenWidth - wide - EDGE)));
  set('--_top', above ? 'auto' : pixels(bottom + GAP));
  set('--_bottom', above ? pixels(innerHeight - top + GAP) : 'auto');
  set('--_room', pixels((above ? top : height - bottom) - GAP - EDGE));
}
