const SVG = 'http://www.w3.org/2000/svg';

const THUMB = 'M7 11l4-8c1.8 0 2.7 1.3 2.4 2.9L12.8 9H19c1.4 0 2.3 1.1 2 2.5l-1.6 6.9c-.2 1-1 1.6-2 1.6H7zM7 11H3.5v9H7';

/** Strokes in a square of 24. */
const PATHS = {
  more: THUMB,
  // Turned over by columns.css.
  less: THUMB,
  remove: 'M7 7l10 10M17 7L7 17',
};

/**
 * A sign for the eye alone.
 * @param {keyof typeof PATHS} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon icon-${name}`);
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
