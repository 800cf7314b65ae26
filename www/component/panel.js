import { element } from './dom.js';
import { Filters } from './filters.js';
import { replaceChildren } from './replace-children.js';
import { Rows } from './rows.js';
import { causeOf } from './strings.js';

/**
 * @typedef {import('./session.js').State} State
 * @typedef {import('./session.js').Hit} Hit
 * @typedef {import('./strings.js').Strings} Strings
 *
 * @typedef {object} Facts what is shown beside the state
 * @property {number} limit how many hits
 * @property {string[]} suggestions queries to try
 * @property {string[]} recent the reader's own
 * @property {import('./borrowed-index.js').Downloads | undefined} loading downloads that are to be told of
 *
 * @typedef {import('./rows.js').Actions & {
 *   onQuery(text: string): void,
 *   onRetry(): void,
 *   onForget(): void,
 *   onFilter(filter: Record<string, string[]>): void,
 * }} Actions
 */

/** What stands below the input: notes, filters and hits. */
export class Panel {
  #strings;
  #actions;
  #rows;
  #filters;
  /** Made when it is needed: that takes long. @type {Intl.NumberFormat | undefined} */
  #bytes;
  #note = element('div', { part: 'message', class: 'note' });
  /** The query, the examples and the filter that the hits shown are for. */
  #shownFor = '';
  /** @type {{ hit: Hit, node: HTMLElement }[]} */
  #shown = [];

  /**
   * @param {boolean} popup below a combobox, or part of a results page
   * @param {Strings} strings
   * @param {import('./filters.js').Field[]} fields which to filter by
   * @param {Record<string, string[]>} filter what is filtered by at first
   * @param {Actions} actions
   */
  constructor(popup, strings, fields, filter, actions) {
    this.#strings = strings;
    this.#actions = actions;
    this.#rows = new Rows(popup, strings, actions);
    this.#filters = new Filters(fields, strings, this.#rows, () => actions.onFilter(this.#filters.chosen), filter);
    this.list = element('div', {
      part: 'results', class: 'list', id: 'results', role: popup ? 'grid' : 'list', 'aria-label': strings.results,
      tabindex: popup ? '-1' : undefined,
    });
    /** On a results page, what is no hit stands outside the list of them. */
    this.above = popup ? this.list : element('div', {});
    const keys = popup ? element('div', { part: 'keys', class: 'keys', 'aria-hidden': 'true' }, ...this.#keys()) : undefined;
    const slots = ['header', 'idle', 'footer'].map((name) => element('slot', { name }));
    this.#idle = slots[1];
    this.element = element('div', { part: 'panel', class: popup ? 'panel popped' : 'panel', popover: popup ? 'manual' : undefined },
      slots[0], this.#note, ...(popup ? [] : [this.above]), this.list, this.#idle, slots[2], keys);
  }
  #idle;

  /**
   * @param {State} state
   * @param {Facts} facts
   * @param {HTMLElement | undefined} held the cell or link that must not move: all hits down to its own stay
   * @returns {string} what to announce; empty while better is to come
   */
  show(state, facts, held) {
    const hits = this.#hold(state, held).slice(0, facts.limit);
    this.#idle?.toggleAttribute('hidden', state.phase !== 'idle');
    const above = this.#above(state, facts);
    const nodes = hits.map(({ node }) => node);
    replaceChildren(this.above, this.above === this.list ? [...above, ...nodes] : above);
    if (this.above !== this.list) replaceChildren(this.list, nodes);
    this.list.hidden = !this.list.childElementCount;
    this.list.setAttribute('aria-busy', String(state.pending));
    return this.#tell(state, facts, hits.length);
  }

  /**
   * The hits to show: those above the held one and itself stay as they are while it is the same question.
   * @param {State} state
   * @param {HTMLElement | undefined} held
   */
  #hold({ text, more, less, filter, hits }, held) {
    const shownFor = JSON.stringify([text, more.map(({ id }) => id), less.map(({ id }) => id), filter]);
    const same = shownFor === this.#shownFor;
    this.#shownFor = shownFor;
    const place = same && held ? this.#shown.findIndex(({ node }) => node.contains(held)) : -1;
    const kept = this.#shown.slice(0, place + 1);
    const rest = hits.filter(({ article }) => !kept.some(({ hit }) => hit.article.id === article.id));
    this.#shown = [...kept, ...rest.map((hit) => this.#shown.find((shown) => shown.hit === hit) ?? { hit, node: this.#rows.hit(hit) })];
    return this.#shown;
  }

  /**
   * @param {State} state
   * @param {Facts} facts
   */
  #above(state, { suggestions, recent }) {
    const { retry, forget, recent: recentTitle, suggestions: suggestionsTitle } = this.#strings;
    if (state.phase === 'idle') {
      return [
        ...this.#queries('recent', recentTitle, recent),
        ...(recent.length ? [this.#line('forget', forget, () => this.#actions.onForget())] : []),
        ...this.#queries('suggestion', suggestionsTitle, suggestions),
      ];
    }
    if (state.phase === 'failed') return [this.#line('retry', retry, () => this.#actions.onRetry())];
    const again = state.problem && !state.pending ? [this.#line('retry', retry, () => this.#actions.onRetry())] : [];
    return [...this.#filters.rows(state.facets), ...this.#examples(state), ...again];
  }

  /**
   * @param {string} part
   * @param {string} title
   * @param {string[]} queries
   */
  #queries(part, title, queries) {
    if (!queries.length) return [];
    const caption = element('div', { class: 'caption-line', role: this.above === this.list ? 'presentation' : undefined }, title);
    return [caption, ...queries.map((text) => this.#line(part, text, () => this.#actions.onQuery(text)))];
  }

  /**
   * @param {string} part
   * @param {string} text
   * @param {() => void} onClick
   */
  #line(part, text, onClick) {
    return this.#rows.row({ class: 'line' }, this.#rows.button({ part, dir: 'auto' }, onClick, text));
  }

  /** What the reader wants more and less of, each to be undone. @param {State} state */
  #examples({ more, less }) {
    const { moreLike, lessLike, undo } = this.#strings;
    /** @type {['more' | 'less', import('./rows.js').Article, string][]} */
    const examples = [
      ...more.map((article) => /** @type {any} */ (['more', article, moreLike(article.title)])),
      ...less.map((article) => /** @type {any} */ (['less', article, lessLike(article.title)])),
    ];
    if (!examples.length) return [];
    return [this.#rows.row({ class: 'choices' }, ...examples.map(([direction, article, text]) =>
      this.#rows.button({ part: 'example', class: 'chip', 'aria-label': undo(text) },
        () => this.#actions.onRefine(article, direction), `${text} ×`)))];
  }

  /**
   * @param {State} state
   * @param {Facts} facts
   * @param {number} shown
   */
  #tell(state, { loading }, shown) {
    const strings = this.#strings;
    const { phase, problem, pending, text, filter, meaning } = state;
    const cause = problem?.code === 'network' && !navigator.onLine ? strings.offline : causeOf(strings, problem ?? {});
    const degraded = problem && phase !== 'failed' ? `${cause} ${meaning ? strings.here : strings.words}` : undefined;
    const progress = loading ? this.#progress(loading) : undefined;
    /** @type {[head?: string, body?: string]} */
    const [head, body] =
      phase === 'failed' ? [strings.failed, causeOf(strings, problem ?? {})]
      : phase === 'none' && Object.values(filter).some(({ length }) => length) ? [strings.noneFiltered]
      : phase === 'none' ? [strings.none(text), degraded ?? strings.noneAdvice]
      : degraded ? [undefined, degraded]
      : phase === 'idle' ? [undefined, progress ? undefined : strings.idle]
      : phase === 'searching' && !shown ? [undefined, strings.searching]
      : [];
    this.#note.classList.toggle('problem', phase === 'failed');
    this.#note.replaceChildren(
      ...(head ? [element('p', { class: 'head', dir: 'auto' }, head)] : []),
      ...(body ? [element('p', {}, body)] : []),
      ...(progress ?? []));
    this.#note.hidden = !this.#note.childElementCount;
    if (pending || phase === 'idle' || phase === 'loading') return '';
    const count = shown ? strings.found(shown, shown.toLocaleString(strings.language)) : undefined;
    return [head, count, body].filter(Boolean).join(' ');
  }

  /** @param {import('./borrowed-index.js').Downloads} downloads */
  #progress(downloads) {
    const parts = [downloads.wasm, downloads.bundle];
    const loaded = sum(parts.map((part) => part?.loaded ?? 0));
    const totals = parts.map((part) => part?.total);
    const total = totals.includes(undefined) ? undefined : sum(/** @type {number[]} */ (totals));
    const format = this.#bytes ??= new Intl.NumberFormat(this.#strings.language, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 });
    const bytes = (/** @type {number} */ n) => format.format(n / 1000);
    const words = this.#strings.loading(bytes(loaded), total === undefined ? undefined : bytes(total));
    const bar = element('progress', { part: 'progress', 'aria-label': words, max: total === undefined ? undefined : String(total) });
    if (total !== undefined) bar.value = loaded;
    return [element('p', {}, words), bar];
  }

  #keys() {
    const { move, open, close } = this.#strings.keys;
    return [['↑ ↓', move], ['↵', open], ['Esc', close]].map(([key, what]) =>
      element('span', {}, element('kbd', {}, key), ` ${what}`));
  }
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, n) => total + n, 0);
}
