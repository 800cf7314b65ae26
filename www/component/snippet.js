import { marked } from './dom.js';

/** How much of a passage is shown, in UTF-16 code units, and how much of it before the first word found. */
const LENGTH = 220;
const LEAD = 60;
/** So much of what is shown may be cut off to end with a word. */
const CUT = 40;

/**
 * The part of a text with most of the words found, marked; cut between words where the script has spaces.
 * @param {string} text
 * @param {import('../client/types.js').Ranges} [ranges] to mark
 */
export function snippet(text, ranges = []) {
  const first = densest(text, ranges);
  const from = first > LEAD ? wordBreak(text, first - LEAD, first) : 0;
  const to = text.length > from + LENGTH ? lastBreak(text, from + LENGTH - CUT, from + LENGTH) : text.length;
  /** @type {import('../client/types.js').Ranges} */
  const within = ranges.filter(([start, end]) => start >= from && end <= to).map(([start, end]) => [start - from, end - from]);
  const shown = marked(text.slice(from, to), within);
  if (from > 0) shown.prepend('…');
  if (to < text.length) shown.append('…');
  return shown;
}

/**
 * Where the words begin of which the most are shown together: different ones, then all; the first such place.
 * @param {string} text
 * @param {import('../client/types.js').Ranges} ranges
 */
export function densest(text, ranges) {
  const place = { start: 0, words: 0, count: 0 };
  for (const [start] of ranges) {
    const shown = ranges.filter((range) => range[0] >= start && range[1] <= start + LENGTH - LEAD - CUT);
    const { size: words } = new Set(shown.map((range) => text.slice(...range).toLowerCase()));
    if ((words - place.words || shown.length - place.count) > 0) Object.assign(place, { start, words, count: shown.length });
  }
  return place.start;
}

/**
 * After the first space in a stretch, or its start.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function wordBreak(text, start, end) {
  const space = text.slice(start, end).search(/\s/);
  return space < 0 ? whole(text, start) : start + space + 1;
}

/**
 * Before the last space in a stretch, or its end.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
function lastBreak(text, start, end) {
  const space = text.slice(start, end).search(/\s\S*$/);
  return space < 0 ? whole(text, end) : start + space;
}

/**
 * Not between the halves of a surrogate pair.
 * @param {string} text
 * @param {number} place
 */
export function whole(text, place) {
  return /[\ud800-\udbff]/.test(text[place - 1] ?? '') ? place - 1 : place;
}
