// From what a map says of passages to places on the screen, before pan and zoom.

/**
 * @typedef {import('../client/types.js').PassageMap} PassageMap
 * @typedef {'scores' | 'site'} View by the SVM's decision and the cosine; or the plane in which passages differ most
 *
 * @typedef {object} Plane
 * @property {(x: number) => number} right pixels from the left
 * @property {(y: number) => number} down pixels from the top
 * @property {(at: number) => number} x what is at so many pixels from the left
 * @property {(at: number) => number} y what is at so many pixels from the top
 * @property {Float32Array} places two numbers a passage, in pixels
 */

/** The SVM's decision at its margin, which is always to be seen. */
export const MARGIN_AT = -1;
/** Pixels around the outermost points; more on the side of the axes, and where points beyond the chart are named. */
const MARGIN = { left: 52, right: 32, top: 28, bottom: 40 };
/** How many of those are named, and how far one is above the next. */
export const BEYOND = { most: 4, apart: 24 };

/**
 * @param {PassageMap} map
 * @param {View} view `scores` only where something was searched for
 * @param {number} width
 * @param {number} height
 * @returns {Plane}
 */
export function plane(map, view, width, height) {
  const { decisions, similarities } = map;
  const byScores = view === 'scores' && decisions && similarities;
  const [xs, ys] = byScores ? [decisions, similarities] : [map.x, map.y];
  // The query is far above all passages by either score: with it they would be in a corner.
  const points = byScores ? [] : pointsOf(map);
  const [left, right] = extent(xs, byScores ? [MARGIN_AT] : points.map(({ x }) => x));
  const [bottom, top] = extent(ys, points.map(({ y }) => y));
  const above = MARGIN.top + (byScores ? BEYOND.apart * Math.min(BEYOND.most, (map.positives?.length ?? 0) / 4) : 0);
  const [wide, high] = [width - MARGIN.left - MARGIN.right, height - above - MARGIN.bottom];
  let [across, up] = [wide / (right - left), high / (top - bottom)];
  // Distances mean the same in all directions.
  if (!byScores) across = up = Math.min(across, up);
  const startX = MARGIN.left + (wide - across * (right - left)) / 2;
  const startY = height - MARGIN.bottom - (high - up * (top - bottom)) / 2;
  const plane = {
    right: (/** @type {number} */ x) => startX + across * (x - left),
    down: (/** @type {number} */ y) => startY - up * (y - bottom),
    x: (/** @type {number} */ at) => left + (at - startX) / across,
    y: (/** @type {number} */ at) => bottom + (startY - at) / up,
  };
  const places = new Float32Array(2 * xs.length);
  for (let i = 0; i < xs.length; i++) {
    places[2 * i] = plane.right(/** @type {number} */ (xs[i]));
    places[2 * i + 1] = plane.down(/** @type {number} */ (ys[i]));
  }
  return { ...plane, places };
}

/**
 * What was searched for: the SVM's positives, which have scores, and what kNN compares with, which has a place alone.
 * @param {PassageMap} map
 */
export function pointsOf({ target, positives = new Float32Array() }) {
  const points = Array.from({ length: positives.length / 4 }, (_, i) => {
    const [x = 0, y = 0, similarity = 0, decision = 0] = positives.slice(4 * i, 4 * i + 4);
    return { x, y, scores: /** @type {{ similarity: number, decision: number } | undefined} */ ({ similarity, decision }) };
  });
  const [x = 0, y = 0] = target ?? [];
  return target ? [...points, { x, y, scores: undefined }] : points;
}

/**
 * Round numbers between two others, some `count` of them.
 * @param {number} from
 * @param {number} to
 * @param {number} count
 */
export function ticks(from, to, count) {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

/**
 * @param {Float32Array} values
 * @param {number[]} others
 * @returns {[low: number, high: number]}
 */
function extent(values, others) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  for (const value of others) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (!Number.isFinite(low)) return [0, 1];
  // One passage, or all alike: in the middle.
  return high - low > 1e-6 ? [low, high] : [low - 0.5, low + 0.5];
}
