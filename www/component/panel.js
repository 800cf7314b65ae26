import { element } from './dom.js';
import { Filters } from './filters.js';
import { FunctionWords } from './function-words.js';
import { replaceChildren } from './replace-children.js';
import { Rows } from './rows.js';
import { atSection } from './section.js';
import { causeOf, fill, foundIn } from './strings.js';

/**
 * @typedef {import('./session.js').State} State
 * @typedef {import('./session.js').Hit} Hit
 * @typedef {import('./strings.js').Strings} Strings
 *
 * @typedef {object} Facts what is shown beside the state
 * @property {string[]} suggestions queries to try
 * @property {string[]} recent the reader's own
 * @property {import('./borrowed-index.js').Downloads | undefined} loading downloads that are to be told of
 *
 * @typedef {import('./rows.js').Actions & {
 *   onQuery(text: string): void,
 *   onRetry(): void,
 *   onForget(): void,
 *   onMore(): void,
 *   onFilter(filter: Record<string, string[]>): void,
 * }} Actions
 */

/** What stands below the input: notes, filters and hits. */
export class Panel {
  #strings;
  #functionWords;
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
   * @param {import('./frame.js').Mode} mode
   * @param {Strings} strings
   * @param {readonly string[]} fields which to filter by
   * @param {Record<string, string[]>} filter what is filtered by at first
   * @param {Actions} actions
   */
  constructor(mode, strings, fields, filter, actions) {
    // Below a combobox, or part of a results page.
    const popup = mode !== 'page';
    this.#strings = strings;
    this.#functionWords = new FunctionWords(strings.functionWords);
    this.#actions = actions;
    this.#rows = new Rows(popup, strings, actions);
    this.#filters = new Filters(fields, strings, this.#rows, () => actions.onFilter(this.#filters.chosen), filter);
    this.list = element('div', {
      part: 'results', class: 'list', id: 'results', role: popup ? 'grid' : 'list', 'aria-label': strings.results,
      tabindex: popup ? '-1' : undefined,
    });
    /** On a results page, what is no hit stands outside the list of them. */
    this.above = popup ? this.list : element('div', {});
    this.below = popup ? this.list : element('div', {});
    const keys = popup ? element('div', { part: 'keys', class: 'keys', 'aria-hidden': 'true' }, ...this.#keys()) : undefined;
    const slots = ['header', 'idle', 'footer'].map((name) => element('slot', { name }));
    this.#idle = slots[1];
    this.element = element('div', { part: 'panel', class: popup ? 'panel popped' : 'panel', popover: mode === 'field' ? 'manual' : undefined },
      slots[0], this.#note, ...(popup ? [] : [this.above]), this.list, ...(popup ? [] : [this.below]), this.#idle, slots[2], keys);
    // A pointer in the panel leaves the focus in the input.
    if (popup) this.element.addEventListener('mousedown', (event) => event.preventDefault());
  }
  #idle;

  /**
   * @param {State} state
   * @param {Facts} facts
   * @param {HTMLElement | undefined} held the cell or link that must not move: all hits down to its own stay
   * @returns {string} what to announce; empty while better is to come
   */
  show(state, facts, held) {
    const hits = this.#hold(state, held).slice(0, state.limit);
    this.#idle?.toggleAttribute('hidden', state.phase !== 'idle');
    const nodes = hits.map(({ node }) => node);
    const around = { above: this.#above(state, facts), below: this.#below(state, nodes.length) };
    if (this.above === this.list) {
      replaceChildren(this.list, [...around.above, ...nodes, ...around.below]);
    } else {
      replaceChildren(this.above, around.above);
      replaceChildren(this.list, nodes);
      replaceChildren(this.below, around.below);
    }
    this.list.hidden = !this.list.childElementCount;
    this.list.setAttribute('aria-busy', String(state.pending));
    return this.#tell(state, facts, hits.length);
  }

  /**
   * The hits to show: those above the held one and itself stay as they are while it is the same question.
   * @param {State} state
   * @param {HTMLElement | undefined} held
   */
  #hold({ text, more, less, filter, hits, kept: stay }, held) {
    const shownFor = JSON.stringify([text, more.map(({ id }) => id), less.map(({ id }) => id), filter]);
    const same = shownFor === this.#shownFor;
    this.#shownFor = shownFor;
    const place = held ? this.#shown.findIndex(({ node }) => node.contains(held)) : -1;
    const kept = same ? this.#shown.slice(0, Math.max(place + 1, stay)) : [];
    const rest = hits.filter(({ article }) => !kept.some(({ hit }) => hit.article.id === article.id));
    this.#shown = [...kept, ...rest.map((hit) => this.#shown.find((shown) => shown.hit === hit) ?? { hit, node: this.#rows.hit(atSection(this.#functionWords.unmark(hit, text))) })];
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
   * How many hits there are, and the way to more of them.
   * @param {State} state
   * @param {number} shown
   */
  #below({ further }, shown) {
    if (!shown) return [];
    const grid = this.below === this.list;
    const count = element('div', { part: 'count', class: 'caption-line', role: grid ? 'presentation' : undefined }, foundIn(this.#strings, shown));
    this.#more ??= this.#line('show-more', this.#strings.showMore, () => this.#actions.onMore());
    return further ? [count, this.#more] : [count];
  }
  /** Kept, so that it stays chosen. @type {HTMLElement | undefined} */
  #more;

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
      ...more.map((article) => /** @type {any} */ (['more', article, fill(moreLike, { title: article.title })])),
      ...less.map((article) => /** @type {any} */ (['less', article, fill(lessLike, { title: article.title })])),
    ];
    if (!examples.length) return [];
    return [this.#rows.row({ class: 'choices' }, ...examples.map(([direction, article, text]) =>
      this.#rows.button({ part: 'example', class: 'chip', 'aria-label': fill(undo, { what: text }) },
        () => this.#actions.onRefine(article, direction), `${text} ×`)))];
  }

  /**
   * @param {State} state
   * @param {Facts} facts
   * @param {number} shown
   */
  #tell(state, { loading }, shown) {
    const strings = this.#strings;
    const { phase, problem, pending, text, filter, meaning, closeness } = state;
    const nearest = shown && !pending && closeness === 'nearest' ? strings.nearest : undefined;
    const cause = problem?.code === 'network' && !navigator.onLine ? strings.offline : causeOf(strings, problem ?? {});
    const degraded = problem && phase !== 'failed' ? `${cause} ${meaning ? strings.here : strings.words}` : undefined;
    const progress = loading ? this.#progress(loading) : undefined;
    /** @type {[head?: string, body?: string]} */
    const [head, body] =
      phase === 'failed' ? [strings.failed, causeOf(strings, problem ?? {})]
      : phase === 'none' && Object.values(filter).some(({ length }) => length) ? [strings.noneFiltered]
      : phase === 'none' ? [fill(strings.none, { query: text }), degraded ?? strings.noneAdvice]
      : degraded ? [nearest, degraded]
      : nearest ? [nearest]
      : phase === 'idle' ? [undefined, progress ? undefined : strings.idle]
      : phase === 'searching' && !shown ? [undefined, strings.searching]
      : [];
    this.#note.classList.toggle('problem', phase === 'failed');
    this.#note.replaceChildren(
      ...(head ? [element('p', { class: 'head', dir: 'auto' }, head)] : []),
      ...(body ? [element('p', { dir: 'auto' }, body)] : []),
      ...(progress ?? []));
    this.#note.hidden = !this.#note.childElementCount;
    if (pending || phase === 'idle' || phase === 'loading') return '';
    const count = shown ? foundIn(strings, shown) : undefined;
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
    const { loading, loadingOf } = this.#strings;
    const words = total === undefined ? fill(loading, { loaded: bytes(loaded) }) : fill(loadingOf, { loaded: bytes(loaded), total: bytes(total) });
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
