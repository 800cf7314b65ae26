import { scriptUrl } from '../client/script-url.js';
import { element } from './dom.js';
import { svg } from './svg.js';

/**
 * @typedef {import('./benchmark-run.js').State} State
 * @typedef {import('./benchmark-run.js').Order} Order
 */

/** A plot's width, its rows, and the room for names and figures, in pixels; where there is little, names stand above bars. */
const WIDE_PLOT = { width: 720, row: 34, names: 150, figures: 84, down: 17 };
const NARROW_PLOT = { width: 360, row: 46, names: 0, figures: 76, down: 32 };
const NARROW = 520;
/** From this ratio of the slowest to the fastest, the scale is logarithmic. */
const LOGARITHMIC = 60;

/** Measures each method on the reader's machine. */
export default class BenchmarkPanel {
  /** @type {import('./panels.js').Shown | undefined} */
  #shown;
  #strings;
  #format;
  #button = element('button', { type: 'button', class: 'loud' });
  #progress = element('p', { class: 'progress', role: 'status' });
  #plot = element('div', { class: 'plot' });
  #facts = element('p', { class: 'facts' });
  #table;
  /** Ends the benchmark that runs. @type {AbortController | undefined} */
  #running;

  /**
   * @param {HTMLElement} section
   * @param {import('./panel-strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   */
  constructor(section, strings, format) {
    this.#strings = strings;
    this.#format = format;
    this.#table = element('div', { 'class': 'table scroller', 'tabindex': '0', 'role': 'group', 'aria-label': strings.benchmark.caption, 'hidden': '' });
    this.#button.textContent = strings.benchmark.start;
    this.#button.addEventListener('click', () => (this.#running ? this.#stop() : this.#start()));
    section.append(element('div', { class: 'start' }, this.#button, this.#progress), this.#plot, this.#table, this.#facts);
  }

  /** @param {import('./panels.js').Shown} shown */
  show(shown) {
    if (this.#shown?.site !== shown.site) {
      this.#stop();
      for (const part of [this.#progress, this.#plot, this.#facts]) part.replaceChildren();
      this.#table.hidden = true;
    }
    this.#shown = shown;
    const { asked, site } = shown;
    const known = Boolean(site.index.info.encoder || asked?.query);
    this.#button.disabled = !known;
    if (!this.#running && !known) this.#progress.textContent = this.#strings.benchmark.askFirst;
  }

  #stop() {
    this.#running?.abort();
    this.#running = undefined;
    this.#button.textContent = this.#strings.benchmark.start;
  }

  async #start() {
    if (!this.#shown) return;
    const { site, asked, options } = this.#shown;
    const { benchmark: text } = this.#strings;
    const running = new AbortController();
    this.#running = running;
    this.#button.textContent = text.stop;
    this.#progress.textContent = text.loading;
    // The query of the moment, and the site's suggestions where nobody needs to be asked for their embeddings.
    const current = asked?.query;
    const suggestions = site.index.info.encoder ? site.entry.suggestions ?? [] : [];
    /** @type {Order['queries']} */
    const queries = suggestions.map((text) => ({ text }));
    if (current) queries.unshift({ text: current.text, embedding: current.embedding });
    let last = 0;
    try {
      for await (const state of states({ url: site.url, queries, options }, running.signal)) {
        last = state.round;
        this.#progress.textContent = text.round(this.#format.count(state.round), this.#format.count(state.searches));
        this.#draw(state);
      }
      this.#progress.textContent = text.done(this.#progress.textContent ?? '');
    } catch (error) {
      this.#progress.textContent = !running.signal.aborted ? this.#strings.failed(/** @type {Error} */ (error).message)
        : last ? text.stopped(this.#format.count(last))
        : '';
    } finally {
      if (this.#running === running) this.#stop();
    }
  }

  /** @param {State} state */
  #draw({ measured, info, queries }) {
    const { benchmark: text } = this.#strings;
    this.#plot.replaceChildren(this.#bars(measured));
    const plain = measured.find(({ method }) => method === 'plain')?.median ?? 0;
    const cell = (/** @type {string} */ content) => element('td', { class: 'figure-cell' }, content);
    const rows = measured.map(({ method, low, median, high, passes }) =>
      element('tr', {},
        element('th', { scope: 'row' }, this.#name(method)),
        cell(this.#format.brief(median)),
        cell(`${this.#format.brief(low)} – ${this.#format.brief(high)}`),
        cell(median > 0 ? text.times(this.#format.count(plain / median)) : ''),
        cell(passes === undefined ? '' : this.#format.count(passes))));
    this.#table.hidden = false;
    this.#table.replaceChildren(element('table', {},
      element('caption', { class: 'unseen' }, text.caption),
      element('thead', {}, element('tr', {}, ...text.columns.map((name) => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...rows)));
    const count = (/** @type {number} */ number) => this.#format.count(number);
    this.#facts.textContent = text.facts(count(info.passages), count(info.dimensions), info.vectors, info.instructions, count(queries));
  }

  /** @param {State['measured']} measured */
  #bars(measured) {
    const all = measured.flatMap(({ low, high }) => [low, high]).filter((time) => time > 0);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const logarithmic = most / least > LOGARITHMIC;
    const from = 10 ** Math.floor(Math.log10(least));
    const { width, row, names, figures, down } = this.#plot.clientWidth < NARROW ? NARROW_PLOT : WIDE_PLOT;
    const room = width - names - figures;
    const length = (/** @type {number} */ time) =>
      room * Math.max(0, logarithmic ? Math.log(time / from) / Math.log(most / from) : time / most);
    const rows = measured.map(({ method, low, median, high }, i) => {
      const middle = row * i + down;
      const [from, to] = [names + length(low), names + length(high)];
      return svg('g', { 'data-method': method },
        svg('text', { class: 'name', x: 0, y: names ? middle + 4 : middle - 13 }, this.#name(method)),
        svg('rect', { class: 'length', x: names, y: middle - 8, width: Math.max(1, length(median)), height: 16 }),
        svg('path', { class: 'spread', d: `M${from} ${middle}H${to}m0 -4v8M${from} ${middle - 4}v8` }),
        svg('text', { x: to + 8, y: middle + 4 }, this.#format.brief(median)));
    });
    const height = row * measured.length;
    const picture = svg('svg', { 'viewBox': `0 0 ${width} ${height}`, 'aria-hidden': 'true' }, ...rows);
    if (!logarithmic) return picture;
    const both = document.createDocumentFragment();
    both.append(picture, element('p', {}, this.#strings.benchmark.logarithmic));
    return both;
  }

  /** @param {string} method */
  #name(method) {
    const { methods, benchmark: { plain, whole } } = this.#strings;
    return { ...methods, plain, auto: whole }[method] ?? method;
  }
}

/**
 * The states of a benchmark in a worker; on the page's own thread, between whose turns the page has its own, where no
 * worker can be started.
 *
 * @param {Order} order
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<State>}
 */
async function* states(order, signal) {
  const worker = await startWorker();
  if (!worker) {
    const { measure } = await import('./benchmark-run.js');
    for await (const state of measure(order)) {
      signal.throwIfAborted();
      yield state;
    }
    return;
  }
  try {
    /** What the worker has said and nobody has heard. @type {any[]} */
    const said = [];
    let heard = Promise.withResolvers();
    const say = (/** @type {any} */ message) => {
      said.push(message);
      heard.resolve(undefined);
    };
    worker.addEventListener('message', ({ data }) => say(data));
    worker.addEventListener('error', ({ message }) => say({ error: message }));
    signal.addEventListener('abort', () => say({}));
    signal.throwIfAborted();
    worker.postMessage(order);
    for (;;) {
      await heard.promise;
      heard = Promise.withResolvers();
      for (const { state, error, done } of said.splice(0)) {
        signal.throwIfAborted();
        if (error !== undefined) throw new Error(error);
        if (done) return;
        yield state;
      }
    }
  } finally {
    worker.terminate();
  }
}

/** @returns {Promise<Worker | undefined>} one that has loaded its modules */
async function startWorker() {
  try {
    const worker = new Worker(scriptUrl(new URL('./benchmark-worker.js', import.meta.url).href), { type: 'module' });
    return await new Promise((resolve) => {
      worker.addEventListener('message', () => resolve(worker), { once: true });
      worker.addEventListener('error', () => resolve(undefined), { once: true });
    });
  } catch {
    return undefined;
  }
}
