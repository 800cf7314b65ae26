import { element } from './dom.js';
import { BEYOND, MARGIN_AT, plane, pointsOf, ticks } from './map-plane.js';
import { signs, svg } from './svg.js';

/**
 * @typedef {import('./map-plane.js').View} View
 * @typedef {import('./map-plane.js').Plane} Plane
 * @typedef {import('../client/types.js').PassageMap} PassageMap
 *
 * @typedef {object} Frame the chart in pixels, and where on it a value stands
 * @property {number} width
 * @property {number} height
 * @property {(value: number) => number} right
 * @property {(value: number) => number} down
 *
 * @typedef {object} Cut a line through a point
 * @property {string} method
 * @property {number} decision
 * @property {number} similarity
 * @property {number} across its direction
 * @property {number} up
 *
 * @typedef {object} Found a passage that is a hit
 * @property {number} passage
 * @property {string} title
 * @property {string} section the innermost heading, or the title
 * @property {string} [lang]
 * @property {string} [href]
 * @property {{ method: string, rank: number, name: string }[]} ranks
 */

/** Milliseconds that passages take to their new places. */
const TRAVEL = 450;
/** Shades of active passages. */
const SHADES = 5;
/** Dots filled together: a third of the time of all at once, half of that of each alone. */
const AT_ONCE = 100;
/** Titles written beside their hits. */
const LABELS = 9;
const LABEL_LENGTH = 30;
/** A chart of less pixels has no room for whole sentences. */
const NARROW = 480;
/** Pixels from the corner at which points beyond the chart are named. */
const EDGE = 20;
/** Pixels around a passage in which the pointer finds it. */
const REACH = 14;

/** Passages on a canvas; lines, signs and names above them in elements. */
export class Drawing {
  /** @type {PassageMap | undefined} */
  #map;
  /** @type {Found[]} */
  #found = [];
  /** Where each method's hits end. @type {Cut[]} */
  #cuts = [];
  /** @type {View} */
  #view = 'scores';
  /** @type {Plane | undefined} */
  #plane;
  /** Where passages are, two numbers each, before pan and zoom. */
  /** @type {Float32Array} */
  #places = new Float32Array();
  #from = this.#places;
  #started = 0;
  #requested = false;
  #canvas = element('canvas', { 'aria-hidden': 'true' });
  #lines = svg('svg', { class: 'lines', 'aria-hidden': 'true' });
  #marks;
  #chart;
  #camera;
  #colours;
  #strings;
  #format;

  /**
   * @param {HTMLElement} chart is filled
   * @param {import('./camera.js').Camera} camera
   * @param {{ active: HTMLElement, passive: HTMLElement }} colours elements whose text has the passages' colours
   * @param {import('./panel-strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   */
  constructor(chart, camera, colours, strings, format) {
    this.#chart = chart;
    this.#camera = camera;
    this.#colours = colours;
    this.#strings = strings;
    this.#format = format;
    this.#marks = element('div', { class: 'marks', role: 'group', 'aria-label': strings.map.hits });
    chart.append(this.#canvas, this.#lines, this.#marks);
    new ResizeObserver(() => this.#arrange(false)).observe(chart);
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
      matchMedia(query).addEventListener('change', () => this.draw());
    }
    this.#marks.addEventListener('keydown', (event) => this.#step(event));
  }

  /**
   * @param {PassageMap} map
   * @param {Found[]} found
   * @param {View} view
   */
  show(map, found, view) {
    const travels = this.#map?.x.length === map.x.length;
    this.#map = map;
    this.#found = found;
    this.#view = view;
    this.#cuts = this.#findCuts(map);
    const marks = found.map(({ passage, title, href, ranks }) => {
      const label = `${title}: ${ranks.map(({ name, rank }) => this.#strings.map.rank(name, this.#format.count(rank))).join(', ')}`;
      const attributes = { 'class': 'mark', 'data-passage': String(passage), 'aria-label': label, 'tabindex': '-1' };
      const mark = href ? element('a', { ...attributes, href }) : element('span', { ...attributes, role: 'img' });
      mark.append(signs(ranks.map(({ method }) => method)));
      return mark;
    });
    const focused = this.#marks.contains(document.activeElement);
    this.#marks.replaceChildren(...marks);
    if (focused) this.#chart.focus();
    marks[0]?.setAttribute('tabindex', '0');
    this.#arrange(travels);
  }

  /** Draws anew soon. */
  draw() {
    if (this.#requested) return;
    this.#requested = true;
    requestAnimationFrame((now) => {
      this.#requested = false;
      this.#paint(now);
    });
  }

  /**
   * The passage nearest to a place of the chart, if one is near.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const { zoom } = this.#camera;
    const [left, top] = [(x - this.#camera.x) / zoom, (y - this.#camera.y) / zoom];
    let nearest;
    let least = (REACH / zoom) ** 2;
    for (let i = 0; i < this.#places.length; i += 2) {
      const distance = (this.#at(i) - left) ** 2 + (this.#at(i + 1) - top) ** 2;
      if (distance < least) [nearest, least] = [i / 2, distance];
    }
    return nearest;
  }

  /**
   * Where a passage is, before pan and zoom.
   * @param {number} passage
   * @returns {[x: number, y: number]}
   */
  place(passage) {
    return [this.#at(2 * passage), this.#at(2 * passage + 1)];
  }

  /** @param {number} i */
  #at(i) {
    return this.#places[i] ?? 0;
  }

  /** @param {boolean} travels whether passages go to their places, or are there */
  #arrange(travels) {
    const { clientWidth: width, clientHeight: height } = this.#chart;
    if (!this.#map || !width || !height) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#plane = plane(this.#map, this.#view, width, height);
    this.#from = travels && !still ? this.#places.slice() : this.#plane.places;
    this.#started = performance.now();
    const ratio = devicePixelRatio;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.draw();
  }

  /** @param {number} now */
  #paint(now) {
    if (!this.#plane) return;
    const { places } = this.#plane;
    const share = this.#from === places ? 1 : Math.min(1, Math.max(0, (now - this.#started) / TRAVEL));
    if (share < 1) {
      const eased = 1 - (1 - share) ** 3;
      this.#places = places.map((to, i) => (this.#from[i] ?? to) + eased * (to - (this.#from[i] ?? to)));
      this.draw();
    } else {
      this.#places = places;
    }
    this.#paintPassages();
    this.#paintLines();
    this.#placeMarks();
  }

  #paintPassages() {
    const { decisions } = this.#map ?? {};
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const { zoom, x, y } = this.#camera;
    const { clientWidth: width, clientHeight: height } = this.#chart;
    const ratio = devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    const passages = this.#places.length / 2;
    const radius = (passages < 500 ? 2.4 : passages < 3000 ? 1.9 : 1.4) * Math.min(2, zoom ** 0.3);
    const strongest = decisions ? decisions.reduce((most, decision) => Math.max(most, decision), -1) + 1 : 0;
    /** Passages by their shade; those that are not active first. @type {number[][]} */
    const groups = Array.from({ length: SHADES + 1 }, () => []);
    for (let i = 0; i < passages; i++) {
      const within = (decisions?.[i] ?? -1) + 1;
      groups[within > 0 ? Math.min(SHADES, Math.ceil((within / strongest) * SHADES)) : 0]?.push(i);
    }
    const [passive, active] = [this.#colours.passive, this.#colours.active].map((one) => getComputedStyle(one).color);
    for (const [shade, group] of groups.entries()) {
      const size = shade ? radius * (1.25 + (0.5 * shade) / SHADES) : radius;
      context.fillStyle = (shade ? active : passive) ?? '';
      context.globalAlpha = shade ? 0.35 + (0.65 * shade) / SHADES : 0.5;
      for (let first = 0; first < group.length; first += AT_ONCE) {
        context.beginPath();
        for (const i of group.slice(first, first + AT_ONCE)) {
          const [left, top] = [this.#at(2 * i) * zoom + x, this.#at(2 * i + 1) * zoom + y];
          if (left < -size || left > width + size || top < -size || top > height + size) continue;
          context.moveTo(left + size, top);
          context.arc(left, top, size, 0, 2 * Math.PI);
        }
        context.fill();
      }
    }
  }

  #paintLines() {
    const { clientWidth: width, clientHeight: height } = this.#chart;
    const [map, plane] = [this.#map, this.#plane];
    if (!map || !plane) return;
    const { zoom, x, y } = this.#camera;
    const frame = {
      width,
      height,
      right: (/** @type {number} */ value) => plane.right(value) * zoom + x,
      down: (/** @type {number} */ value) => plane.down(value) * zoom + y,
    };
    const byScores = this.#view === 'scores' && Boolean(map.decisions);
    const scores = byScores ? [this.#within(frame), ...this.#scales(frame, plane), ...this.#cutLines(frame), ...this.#axes(frame)] : [];
    this.#lines.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#lines.replaceChildren(...scores, ...this.#positives(frame, map, byScores), ...this.#labels());
  }

  /**
   * Where the SVM's margin is.
   * @param {Frame} frame
   */
  #within({ width, height, right }) {
    const margin = right(MARGIN_AT);
    return svg('rect', { class: 'within', x: Math.max(0, margin), y: 0, width: Math.max(0, width - Math.max(0, margin)), height });
  }

  /**
   * Ticks and their numbers.
   * @param {Frame} frame
   * @param {Plane} plane
   */
  #scales({ width, height, right, down }, plane) {
    const { zoom, x, y } = this.#camera;
    const [left, from, to] = [(0 - x) / zoom, (height - y) / zoom, (0 - y) / zoom];
    // Neither cut off nor where the names of the axes stand.
    const up = ticks(plane.y(from), plane.y(to), height / 70).filter((value) => down(value) >= 28 && down(value) <= height - 16);
    return [
      ...ticks(plane.x(left), plane.x((width - x) / zoom), width / 110).flatMap((value) => [
        svg('path', { class: 'tick', d: `M${right(value)} ${height}v-5` }),
        svg('text', { 'class': 'number', 'x': right(value), 'y': height - 9, 'text-anchor': 'middle' }, this.#format.tick(value)),
      ]),
      ...up.flatMap((value) => [
        svg('path', { class: 'tick', d: `M0 ${down(value)}h5` }),
        svg('text', { class: 'number', x: 8, y: down(value) + 4 }, this.#format.tick(value)),
      ]),
    ];
  }

  /** @param {Frame} frame */
  #cutLines({ height, right, down }) {
    const lines = this.#cuts.map(({ method, decision, similarity, across, up }) => {
      const from = `${right(decision - across)} ${down(similarity - up)}`;
      const to = `${right(decision + across)} ${down(similarity + up)}`;
      return svg('path', { 'class': 'cut', 'data-method': method, 'd': `M${from}L${to}` });
    });
    const names = this.#cuts.flatMap(({ method, decision, similarity }) => {
      const place = method === 'knn' ? { x: 60, y: down(similarity) - 6 } : { x: right(decision) + 6, y: height - 48 };
      const text = this.#strings.map.cuts[method];
      return text ? [svg('text', { 'class': 'cut-name', 'data-method': method, ...place }, text)] : [];
    });
    return [...lines, ...names];
  }

  /** @param {Frame} frame */
  #axes({ width, height, right }) {
    const margin = right(MARGIN_AT);
    // On the side where it fits.
    /** @type {Record<string, string | number>} */
    const side = margin > 90 ? { 'x': margin - 6, 'text-anchor': 'end' } : { x: margin + 6 };
    const { axisX, axisY, marginLine } = this.#strings.map;
    return [
      svg('path', { class: 'margin', d: `M${margin} 0V${height}` }),
      svg('text', { 'class': 'axis', 'x': width - 10, 'y': height - 26, 'text-anchor': 'end' }, axisX),
      svg('text', { class: 'axis', x: 10, y: 18 }, axisY),
      svg('text', { class: 'axis', y: height - 66, ...side }, marginLine),
    ];
  }

  /**
   * The query and the liked articles.
   * @param {Frame} frame
   * @param {PassageMap} map
   * @param {boolean} byScores
   */
  #positives({ width, right, down }, map, byScores) {
    const parts = [];
    let beyond = 0;
    for (const { x, y, scores } of pointsOf(map)) {
      if (byScores && !scores) continue;
      let [left, top] = byScores && scores ? [right(scores.decision), down(scores.similarity)] : [right(x), down(y)];
      if (byScores && scores && (left > width || top < 0) && beyond < BEYOND.most) {
        // One below the other in the corner that they are beyond, with what says how far.
        [left, top] = [width - EDGE, EDGE + BEYOND.apart * beyond++];
        const name = this.#strings.map[width < NARROW ? 'beyondBriefly' : 'beyond'];
        const text = name(this.#format.score(scores.similarity), this.#format.score(scores.decision));
        parts.push(svg('text', { 'class': 'axis', 'x': left - 14, 'y': top + 4, 'text-anchor': 'end' }, text));
      }
      parts.push(svg('path', { class: scores ? 'positive' : 'query', d: `M${left} ${top - 8}l8 8-8 8-8-8z` }));
    }
    return parts;
  }

  /**
   * Where each method's hits end, as far as its score is a straight line on this plane: that of kNN is level, the SVM's
   * upright, the hybrid's slanted as both vary.
   *
   * @param {PassageMap} map
   * @returns {Cut[]}
   */
  #findCuts({ decisions = new Float32Array(), similarities = new Float32Array() }) {
    const [acrossAll, upAll] = [deviation(decisions), deviation(similarities)];
    // Long enough to leave the chart.
    const slopes = { knn: [50, 0], svm: [0, 50], hybrid: [50 * acrossAll, -50 * upAll] };
    return Object.entries(slopes).flatMap(([method, [across = 0, up = 0]]) => {
      const hits = this.#found.flatMap(({ passage, ranks }) =>
        ranks.filter((one) => one.method === method).map(({ rank }) => ({ passage, rank })));
      const last = hits.toSorted((a, b) => a.rank - b.rank).at(-1);
      if (!last) return [];
      return [{ method, decision: decisions[last.passage] ?? 0, similarity: similarities[last.passage] ?? 0, across, up }];
    });
  }

  /** The titles of the best hits, where there is room. */
  #labels() {
    const { clientWidth: width, clientHeight: height } = this.#chart;
    const { zoom, x, y } = this.#camera;
    const context = this.#canvas.getContext('2d');
    if (!context) return [];
    context.font = `12px ${getComputedStyle(this.#chart).fontFamily}`;
    /** @type {[left: number, top: number, right: number, bottom: number][]} */
    const taken = this.#found.map(({ passage }) => {
      const [left, top] = [this.#at(2 * passage) * zoom + x, this.#at(2 * passage + 1) * zoom + y];
      return [left - 9, top - 8, left + 9, top + 8];
    });
    const best = (/** @type {Found} */ { ranks }) => Math.min(...ranks.map(({ rank }) => rank));
    const labels = [];
    for (const { passage, section, lang } of this.#found.toSorted((a, b) => best(a) - best(b))) {
      if (labels.length === LABELS) break;
      const letters = [...section];
      const text = letters.length > LABEL_LENGTH ? `${letters.slice(0, LABEL_LENGTH).join('')}…` : section;
      const long = context.measureText(text).width;
      const [left, top] = [this.#at(2 * passage) * zoom + x, this.#at(2 * passage + 1) * zoom + y];
      if (left < 0 || left > width || top < 0 || top > height) continue;
      // Beside it, else above or below.
      const places = /** @type {const} */ ([['start', 15, 0], ['end', -15, 0], ['end', 10, -20], ['end', 10, 24]]);
      for (const [anchor, beside, below] of places) {
        const [at, middle] = [left + beside, top + below];
        const [from, to] = anchor === 'start' ? [at, at + long] : [at - long, at];
        const clear = taken.every(([l, t, r, b]) => to < l || from > r || middle + 7 < t || middle - 7 > b);
        if (from < 0 || to > width || !clear) continue;
        taken.push([from, middle - 7, to, middle + 7]);
        labels.push(svg('text', { 'class': 'name', 'x': at, 'y': middle + 4, 'text-anchor': anchor, ...(lang && { lang }) }, text));
        break;
      }
    }
    return labels;
  }

  #placeMarks() {
    const { zoom, x, y } = this.#camera;
    const { clientWidth: width, clientHeight: height } = this.#chart;
    for (const mark of /** @type {Iterable<HTMLElement>} */ (this.#marks.children)) {
      const [left, top] = this.place(Number(mark.dataset.passage));
      const [across, down] = [left * zoom + x, top * zoom + y];
      mark.style.translate = `${across}px ${down}px`;
      mark.toggleAttribute('data-away', across < 0 || across > width || down < 0 || down > height);
    }
  }

  /**
   * Arrows go from hit to hit, which are one stop for Tab.
   * @param {KeyboardEvent} event
   */
  #step(event) {
    const step = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 })[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const marks = /** @type {HTMLElement[]} */ ([...this.#marks.children]);
    const at = marks.findIndex((mark) => mark === document.activeElement);
    const next = marks[(at + step + marks.length) % marks.length];
    marks[at]?.setAttribute('tabindex', '-1');
    next?.setAttribute('tabindex', '0');
    next?.focus({ preventScroll: true });
  }
}

/** @param {Float32Array} values */
function deviation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
