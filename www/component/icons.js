const SVG = 'http://www.w3.org/2000/svg';

/** Strokes in a square of 24. */
const PATHS = {
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13a6.5 6.5 0 0 0 0 13M20 20l-4.9-4.9',
  clear: 'M6 6l12 12M18 6L6 18',
  more: 'M12 5v14M5 12h14',
  less: 'M5 12h14',
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
