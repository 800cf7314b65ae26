import { element } from './dom.js';
import { MARGIN_AT } from './map-plane.js';
import { passesOf } from './passes.js';
import { signs, svg } from './svg.js';

/**
 * @typedef {import('../client/types.js').SearchResult} SearchResult
 * @typedef {import('../client/types.js').PassageMap} PassageMap
 */

const METHODS = ['knn', 'svm', 'whitened', 'hybrid'];

const WIDTH = 360;
const HEIGHT = 96;
const BINS = 48;
/** Hits whose two scores are drawn. */
const PAIRS = 5;

/** The methods explained stand before others. @param {SearchResult} result */
const placeOf = ({ method }) => (METHODS.includes(method) ? METHODS.indexOf(method) : METHODS.length);

/** What each method does, in words, with the figures of the search that is shown. */
export default class HowItWorks {
  #strings;
  #format;
  #cards = element('div', { class: 'cards' });
  #shared = element('div', { class: 'shared' });

  /**
   * @param {HTMLElement} section
   * @param {import('./panel-strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   */
  constructor(section, strings, format) {
    this.#strings = strings;
    this.#format = format;
    section.append(this.#cards, this.#shared);
  }

  /**
   * @param {import('./panels.js').Mapped} shown
   * @param {AbortSignal} signal
   */
  async show({ site, asked, options, found, map: mapOf }, signal) {
    const { index } = site;
    const map = asked && await mapOf();
    const seen = map?.decisions ? map : undefined;
    // The one method that has no column.
    const all = asked && seen ? [...found, await index.refine(asked, { ...options, method: 'whitened', signal })] : [];
    all.sort((a, b) => placeOf(a) - placeOf(b));
    signal.throwIfAborted();
    const by = (/** @type {string} */ method) => all.find((result) => result.method === method);
    const { info } = index;
    const count = (/** @type {number} */ number) => this.#format.count(number);
    const { how: text } = this.#strings;
    const general = { passages: count(info.passages), dimensions: count(info.dimensions) };
    const cards = [
      this.#card('knn', fill(text.knn, general), seen && this.#knn(seen, by('knn'))),
      this.#card('svm', fill(text.svm, general), seen && this.#svm(seen, by('svm'))),
      this.#card('whitened', fill(text.whitened, general), seen && this.#whitened(by('whitened'), by('svm'))),
      this.#card('hybrid', fill(text.hybrid, general), seen && this.#hybrid(seen, by('hybrid'))),
    ];
    this.#cards.replaceChildren(...cards);
    this.#shared.replaceChildren(seen ? this.#table(all) : element('p', {}, text.askFirst));
  }

  /**
   * @param {string} method
   * @param {(Node | string)[]} words
   * @param {(Node | string)[]} [live]
   */
  #card(method, words, live = []) {
    return element('section', { 'class': 'card', 'data-method': method },
      element('h3', {}, ...(method === 'whitened' ? [] : [signs([method], 24)]), this.#strings.methods[method] ?? method),
      element('p', {}, ...words),
      ...live);
  }

  /**
   * @param {PassageMap} map
   * @param {SearchResult} [result]
   */
  #knn({ similarities = new Float32Array() }, result) {
    const { how: text } = this.#strings;
    const last = result?.hits.at(-1)?.score;
    const sorted = similarities.toSorted();
    const figures = {
      best: this.#format.score(sorted.at(-1) ?? 0),
      middle: this.#format.score(sorted[sorted.length >> 1] ?? 0),
      last: this.#format.score(last ?? 0),
      time: this.#time(result),
    };
    return [this.#histogram(similarities, last, text.knnDrawing), element('p', { class: 'live' }, ...fill(text.knnLive, figures))];
  }

  /**
   * @param {PassageMap} map
   * @param {SearchResult} [result]
   */
  #svm({ decisions = new Float32Array(), positives = new Float32Array(), active = 0, svm }, result) {
    const { how: text } = this.#strings;
    const figures = {
      active: this.#format.count(active),
      passages: this.#format.count(decisions.length),
      positives: this.#format.count(positives.length / 4),
      passes: this.#format.count(svm?.passes ?? 0),
      gap: this.#format.power(svm?.gap ?? 0),
      error: this.#format.power(Math.sqrt(2 * (svm?.gap ?? 0))),
      time: this.#time(result),
      aligned: this.#format.score(positives[2] ?? 1),
    };
    const lines = [element('p', { class: 'live' }, ...fill(text.svmLive, figures))];
    if (positives.length === 4 && (positives[2] ?? 1) < 0.9999) lines.push(element('p', { class: 'live' }, ...fill(text.alignedLive, figures)));
    return [this.#histogram(decisions, MARGIN_AT, text.svmDrawing), ...lines];
  }

  /**
   * @param {SearchResult} [result]
   * @param {SearchResult} [svm]
   */
  #whitened(result, svm) {
    const figures = {
      shared: this.#format.count(result && svm ? shared(result, svm) : 0),
      hits: this.#format.count(result?.hits.length ?? 0),
      time: this.#time(result),
    };
    return [element('p', { class: 'live' }, ...fill(this.#strings.how.whitenedLive, figures))];
  }

  /**
   * @param {PassageMap} map
   * @param {SearchResult} [result]
   */
  #hybrid({ similarities = new Float32Array(), decisions = new Float32Array() }, result) {
    const { how: text } = this.#strings;
    const [knn, decided] = [moments(similarities), moments(decisions)];
    // The SVM's scores are its decisions without the intercept, which is the same for all.
    const figures = {
      knnMean: this.#format.score(knn.mean),
      knnSpread: this.#format.score(knn.spread),
      svmMean: this.#format.score(decided.mean),
      svmSpread: this.#format.score(decided.spread),
      time: this.#time(result),
      passes: this.#format.count((result && passesOf(result)) ?? 0),
    };
    const pairs = (result?.hits ?? []).slice(0, PAIRS).map(({ article, passageIndex }) => ({
      article,
      knn: ((similarities[passageIndex] ?? 0) - knn.mean) / (knn.spread || 1),
      svm: ((decisions[passageIndex] ?? 0) - decided.mean) / (decided.spread || 1),
    }));
    return [this.#pairs(pairs), element('p', { class: 'live' }, ...fill(text.hybridLive, figures))];
  }

  /** @param {SearchResult} [result] */
  #time(result) {
    return result ? this.#format.brief(Math.max(result.milliseconds, 0.1)) : '';
  }

  /**
   * How many passages have which score; those above a line stand out.
   * @param {Float32Array} values
   * @param {number | undefined} line
   * @param {string} label
   */
  #histogram(values, line, label) {
    const all = line === undefined ? values : Float32Array.of(...values, line);
    const least = all.reduce((low, value) => Math.min(low, value), Infinity);
    const most = all.reduce((high, value) => Math.max(high, value), -Infinity);
    const width = (most - least || 1) / BINS;
    const bins = new Array(BINS).fill(0);
    for (const value of values) bins[Math.min(BINS - 1, Math.floor((value - least) / width))]++;
    const tallest = Math.max(...bins);
    const across = (/** @type {number} */ value) => ((value - least) / (width * BINS)) * WIDTH;
    const above = (/** @type {number} */ i) => line !== undefined && least + (i + 0.5) * width > line;
    // The root: a passage alone can still be seen.
    const bars = bins.map((count, i) => {
      const high = (HEIGHT - 22) * Math.sqrt(count / tallest);
      return svg('rect', { class: above(i) ? 'above' : 'below', x: (i / BINS) * WIDTH, y: HEIGHT - 18 - high, width: WIDTH / BINS - 1, height: high });
    });
    const ends = [['start', 0, least], ['end', WIDTH, most]];
    return svg('svg', { 'class': 'drawing', 'viewBox': `0 0 ${WIDTH} ${HEIGHT}`, 'role': 'img', 'aria-label': label },
      ...bars,
      ...(line === undefined ? [] : [svg('path', { class: 'line', d: `M${across(line)} 0V${HEIGHT - 18}` })]),
      ...ends.map(([anchor, x, value]) =>
        svg('text', { 'x': String(x), 'y': HEIGHT - 4, 'text-anchor': String(anchor) }, this.#format.score(Number(value)))));
  }

  /**
   * Both scores of hits, in standard deviations, and their mean.
   * @param {{ article: import('../client/types.js').Article, knn: number, svm: number }[]} pairs
   */
  #pairs(pairs) {
    const most = Math.max(...pairs.flatMap(({ knn, svm }) => [knn, svm]), 1);
    const row = 30;
    const across = (/** @type {number} */ value) => 14 + Math.max(0, value / most) * (WIDTH - 28);
    const sign = (/** @type {string} */ method, /** @type {number} */ x, /** @type {number} */ y) => {
      const shapes = [...signs([method]).childNodes];
      return svg('g', { transform: `translate(${x} ${y}) scale(0.7)` }, ...shapes);
    };
    const rows = pairs.map(({ article, knn, svm: decided }, i) => {
      const y = row * i + 22;
      const letters = [...article.title];
      return svg('g', {},
        svg('text', { x: 0, y: y - 11, ...(article.lang && { lang: article.lang }) }, letters.length > 48 ? `${letters.slice(0, 48).join('')}…` : article.title),
        svg('path', { class: 'between', d: `M0 ${y}H${WIDTH}` }),
        sign('hybrid', across((knn + decided) / 2), y),
        sign('knn', across(knn), y),
        sign('svm', across(decided), y));
    });
    const height = row * pairs.length + 22;
    return svg('svg', { 'class': 'drawing signs', 'viewBox': `0 0 ${WIDTH} ${height}`, 'role': 'img', 'aria-label': this.#strings.how.hybridDrawing }, ...rows,
      svg('text', { x: 0, y: height - 4 }, '0 σ'),
      svg('text', { 'x': WIDTH, 'y': height - 4, 'text-anchor': 'end' }, `${this.#format.count(most)} σ`));
  }

  /** @param {SearchResult[]} results */
  #table(results) {
    const { how: text, methods } = this.#strings;
    const name = (/** @type {SearchResult} */ { method }) => methods[method] ?? method;
    const most = Math.max(...results.map(({ hits }) => hits.length));
    const rows = results.map((one) =>
      element('tr', {},
        element('th', { scope: 'row' }, name(one)),
        ...results.map((other) => element('td', { class: one === other ? 'same' : undefined }, this.#format.count(shared(one, other))))));
    return element('div', { 'class': 'scroller', 'tabindex': '0', 'role': 'group', 'aria-label': text.shared },
      element('table', {},
        element('caption', {}, ...fill(text.sharedCaption, { hits: this.#format.count(most) })),
        element('thead', {}, element('tr', {}, element('td', {}), ...results.map((one) => element('th', { scope: 'col' }, name(one))))),
        element('tbody', {}, ...rows)));
  }
}

/**
 * How many articles are among the hits of both.
 * @param {SearchResult} one
 * @param {SearchResult} other
 */
function shared(one, other) {
  const ids = new Set(one.hits.map(({ article }) => article.id));
  return other.hits.filter(({ article }) => ids.has(article.id)).length;
}

/** @param {Float32Array} values */
function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, spread: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

/**
 * A text with figures at its `{names}`.
 * @param {string} text
 * @param {Record<string, string>} figures
 */
function fill(text, figures) {
  return text.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? element('b', {}, figures[part] ?? '') : part));
}
