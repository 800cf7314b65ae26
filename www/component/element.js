import { element } from './dom.js';
import { openaiEmbedder, queryRecipe, safeLink } from '../client/exemplar-search.js';
import { fieldsIn } from './filters.js';
import { icon } from './icons.js';
import { readLightForm } from './light-form.js';
import { keepOffline } from './offline.js';
import { Panel } from './panel.js';
import { place } from './place.js';
import { RecentQueries } from './recent.js';
import { Selection } from './selection.js';
import { SearchSession } from './session.js';
import { isComposing, isShortcut, shortcutLabel } from './shortcuts.js';
import { languages, stringsFor } from './strings.js';
import { sheet } from './style.js';

/**
 * @typedef {import('./session.js').State} State
 * @typedef {import('./session.js').Article} Article
 * @typedef {import('./strings.js').Strings} Strings
 */

/** Sections of an article that are linked beside the best, at most: in the panel, and on a results page. */
const OTHERS = { panel: 2, page: 3 };
/** Milliseconds without news before it is announced. */
const QUIET = 500;

/**
 * A search box for a static site: `<exemplar-search bundle="/search/bundle.json">`. See docs/component.md.
 */
export class ExemplarSearch extends HTMLElement {
  static observedAttributes = ['bundle', 'method', 'api', 'api-model', 'action', 'param', 'mode', 'base', 'limit', 'filters', 'label', 'placeholder', 'lang', 'shortcuts', 'examples', 'recent'];

  /** What the box says, by BCP 47 tag in lower case. */
  static languages = languages;

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: 'open' });
  /** What lives from one connection to the next disconnection. @type {AbortController | undefined} */
  #connection;
  /** @type {SearchSession | undefined} */
  #session;
  /** @type {Partial<Strings> | undefined} */
  #overrides;
  /** @type {import('../client/embedder.js').Embedder | undefined} */
  #embedder;
  /** @type {string | undefined} */
  #apiKey;
  #open = false;
  /** Settles when a service worker keeps what is fetched from then on. @type {Promise<unknown> | undefined} */
  #offline;
  #adopted = /** @type {ReturnType<typeof readLightForm> | undefined} */ (undefined);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #announcing;

  // What render() makes.
  #strings = stringsFor([]);
  #form = element('form', {});
  #input = element('input', {});
  #clear = element('button', {});
  #status = element('div', {});
  /** @type {Panel} */
  #panel = /** @type {any} */ (undefined);
  /** @type {Selection | undefined} */
  #selection;
  /** @type {RecentQueries | undefined} */
  #recent;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    // Moved, not removed: nothing was given up.
    if (this.#connection) return;
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    // The form inside may not be parsed yet.
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => this.#start(), { signal, once: true });
    else this.#start();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#connection?.abort();
      this.#connection = undefined;
      this.#session?.close();
      this.#session = undefined;
      this.#open = false;
      clearTimeout(this.#announcing);
    });
  }

  /**
   * @param {string} _name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(_name, before, now) {
    if (before !== now && this.#session) this.#restart();
  }

  /** Strings of this box that differ from those of its language. @param {Partial<Strings> | undefined} strings */
  set strings(strings) {
    this.#overrides = strings;
    if (this.#session) this.#restart();
  }

  get strings() {
    return this.#overrides;
  }

  /** What places a query among the articles, in place of `api`. @param {import('../client/embedder.js').Embedder | undefined} embedder */
  set embedder(embedder) {
    this.#embedder = embedder;
    if (this.#session) this.#restart();
  }

  get embedder() {
    return this.#embedder;
  }

  /**
   * The key for `api`, which is sent to that address only. It is held in memory, and cannot be read back.
   * @param {string | undefined} key none: forgets it
   * @param {{ keep?: boolean }} [options] keep: also until the tab is closed, in its session storage; only ever do that when
   *   the reader asks for it
   */
  setApiKey(key, { keep = false } = {}) {
    this.#apiKey = key;
    try {
      if (keep && key !== undefined) sessionStorage.setItem(this.#keyName, key);
      else sessionStorage.removeItem(this.#keyName);
    } catch {
      // Denied: then memory it is.
    }
    if (this.#session) this.#restart();
  }

  get #keyName() {
    return `exemplar-search:key:${new URL(this.#attribute('api') ?? '', document.baseURI)}`;
  }

  get #keptKey() {
    try {
      return sessionStorage.getItem(this.#keyName) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** The query. */
  get value() {
    return this.#input.value;
  }

  set value(text) {
    this.#input.value = text;
    if (this.#session) this.#typed();
  }

  /** Where the box is: `idle`, `loading`, `searching`, `results`, `none`, `degraded` or `failed`. */
  get state() {
    const { phase, problem } = this.#session?.state ?? { phase: 'idle', problem: undefined };
    return problem && phase !== 'failed' ? 'degraded' : phase;
  }

  /** Whether the panel is open. */
  get open() {
    return this.#open;
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#input.focus(options);
  }

  /** Opens the panel and takes the focus. */
  show() {
    // First: the focus waits for the layout.
    this.#load();
    this.#input.focus();
    this.#openPanel();
  }

  /** Closes the panel. */
  close() {
    this.#closePanel();
  }

  /** Whether this is a results page, not a box with a panel. */
  get #page() {
    return this.getAttribute('mode') === 'page';
  }

  #start() {
    this.#adopted ??= readLightForm(this);
    const serviceWorker = this.getAttribute('offline');
    if (serviceWorker) this.#offline ??= keepOffline(new URL(serviceWorker, document.baseURI).href);
    const { input, value } = this.#adopted;
    this.#render();
    // What was being typed when the module arrived goes on here. Blurring first ends a composition, whose text then counts.
    const typing = input && input.matches(':focus');
    input?.blur();
    this.#input.value = input?.value ?? value;
    if (this.#page) this.#input.value ||= new URLSearchParams(location.search).get(this.#param) ?? '';
    if (typing) this.#input.focus();
    this.#listen();
    if (typing || this.#page) this.#typed();
  }

  /** After an attribute or a property changed: the same query, asked anew. */
  #restart() {
    const { value } = this;
    const focused = this.#root.activeElement === this.#input;
    this.#connection?.abort();
    this.#connection = new AbortController();
    this.#session?.close();
    const open = this.#open;
    this.#open = false;
    this.#render();
    this.#input.value = value;
    this.#listen();
    if (focused) this.#input.focus();
    if (open) this.#openPanel();
    if (value) this.#typed();
  }

  /** @param {string} name */
  #attribute(name) {
    return this.getAttribute(name) ?? undefined;
  }

  get #param() {
    return this.#attribute('param') ?? this.#adopted?.name ?? 'q';
  }

  /** The results page, if there is one. */
  get #action() {
    return this.#attribute('action') ?? this.#adopted?.action;
  }

  get #shortcuts() {
    return this.#attribute('shortcuts') ?? 'mod+k /';
  }

  get #limit() {
    return Number(this.#attribute('limit')) || (this.#page ? 20 : 8);
  }

  get #bundle() {
    return new URL(this.#attribute('bundle') ?? 'search/bundle.json', document.baseURI).href;
  }

  #render() {
    const popup = !this.#page;
    const strings = this.#strings = stringsFor(languagesOf(this), this.#overrides);
    const fields = fieldsIn(this.#attribute('filters') ?? '');
    const label = this.#attribute('label') ?? this.#adopted?.label ?? strings.label;
    const shortcut = shortcutLabel(this.#shortcuts);

    this.#recent = this.hasAttribute('recent') ? new RecentQueries(this.#bundle) : undefined;
    this.#session = new SearchSession({
      bundle: this.#bundle,
      ready: this.#offline,
      method: this.#attribute('method'),
      limit: this.#limit,
      passages: 1 + (popup ? OTHERS.panel : OTHERS.page),
      facets: fields,
      embedder: (index) => this.#embedderFor(index),
    }, () => this.#show());

    this.#input = element('input', {
      part: 'input', id: 'input', type: 'search', name: this.#param, 'aria-label': label,
      placeholder: this.#attribute('placeholder') ?? this.#adopted?.placeholder ?? strings.placeholder,
      autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'search', maxlength: '2000',
      ...(popup ? { role: 'combobox', 'aria-autocomplete': 'list', 'aria-haspopup': 'grid', 'aria-controls': 'results', 'aria-expanded': 'false' } : {}),
    });
    // Keys have Escape; for them this would be one stop more on the way out.
    this.#clear = element('button', { part: 'clear', class: 'clear', type: 'button', tabindex: '-1', 'aria-label': strings.clear, hidden: '' }, icon('clear'));
    this.#form = element('form', { part: 'form', action: this.#action, method: 'get' },
      element('div', { part: 'field', class: 'field' },
        element('slot', { name: 'icon' }, icon('search')),
        this.#input,
        shortcut ? element('kbd', { part: 'shortcut', class: 'shortcut', 'aria-hidden': 'true' }, shortcut) : undefined,
        this.#clear),
      ...(this.#adopted?.hidden ?? []).map((field) => element('input', { type: 'hidden', name: field.name, value: field.value })));
    this.#status = element('div', { class: 'unseen', role: 'status', lang: strings.language });
    this.#panel = new Panel(popup, strings, fields, {
      linkTo: (url, anchor) => safeLink(url, anchor, URL.parse(this.#attribute('base') ?? '', document.baseURI)?.href),
      onOpen: (event, hit, url) => this.#followed(event, hit, url),
      onRefine: (article, direction) => this.#refine(article, direction),
      onQuery: (text) => {
        this.#input.value = text;
        this.#typed();
      },
      onRetry: () => this.#session?.retry(),
      onForget: () => {
        this.#recent?.forget();
        this.#show();
      },
      onFilter: (filter) => this.#session?.filter(filter),
    });
    this.#panel.element.lang = strings.language;
    this.#selection = popup ? new Selection(this.#input, this.#panel.list) : undefined;
    // One landmark for field and panel, wherever on the page the box stands.
    this.#root.replaceChildren(element('div', { role: 'search', 'aria-label': label }, this.#form, this.#panel.element, this.#status));
    this.#show();
  }

  /** Starts the downloads; what goes wrong is said when something is asked. */
  #load() {
    this.#session?.load().catch(() => {});
  }

  #listen() {
    const { signal } = /** @type {AbortController} */ (this.#connection);
    const input = this.#input;
    const load = () => this.#load();
    this.addEventListener('pointerenter', load, { signal });
    input.addEventListener('focus', load, { signal });
    input.addEventListener('input', (event) => this.#typed(event instanceof InputEvent && event.isComposing), { signal });
    input.addEventListener('compositionend', () => this.#typed(), { signal });
    input.addEventListener('keydown', (event) => this.#key(event), { signal });
    input.addEventListener('click', () => this.#openPanel(), { signal });
    this.#form.addEventListener('submit', (event) => this.#submit(event), { signal });
    this.#clear.addEventListener('click', () => {
      this.value = '';
      input.focus();
    }, { signal });
    document.addEventListener('keydown', (event) => {
      if (!isShortcut(event, this.#shortcuts)) return;
      event.preventDefault();
      this.show();
      input.select();
    }, { signal });
    if (this.#page) {
      addEventListener('popstate', () => (this.value = new URLSearchParams(location.search).get(this.#param) ?? ''), { signal });
      return;
    }
    // A pointer in the panel leaves the focus in the input.
    this.#panel.element.addEventListener('mousedown', (event) => event.preventDefault(), { signal });
    this.addEventListener('focusout', ({ relatedTarget }) => {
      const left = !(relatedTarget instanceof Node) || !this.contains(relatedTarget);
      if (left && document.hasFocus() && relatedTarget) this.#closePanel();
    }, { signal });
    document.addEventListener('pointerdown', (event) => {
      if (!event.composedPath().includes(this)) this.#closePanel();
    }, { signal });
    const onMove = () => this.#open && place(this.#panel.element, this.#form);
    for (const event of ['scroll', 'resize']) addEventListener(event, onMove, { signal, passive: true, capture: true });
    globalThis.visualViewport?.addEventListener('resize', onMove, { signal });
  }

  /** The query changed. @param {boolean} [composing] */
  #typed(composing = false) {
    const text = this.#input.value;
    this.#selection?.choose(undefined);
    if (text.trim() && !this.#emit('exemplar-search', { query: text })) return;
    this.#session?.search(text, { composing });
    if (text) this.#openPanel();
    if (this.#page && !composing) this.#writeAddress(text);
  }

  /** @param {string} text */
  #writeAddress(text) {
    const address = new URL(location.href);
    if (text) address.searchParams.set(this.#param, text);
    else address.searchParams.delete(this.#param);
    if (address.href !== location.href) history.replaceState(history.state, '', address);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (isComposing(event)) return;
    if (event.key === 'Escape') this.#escape(event);
    if (!this.#selection) return;
    const cell = this.#selection.cell;
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const rows = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === 'Tab') this.#closePanel();
    else if (event.key === 'Enter' && cell) {
      event.preventDefault();
      const { ctrlKey, metaKey, shiftKey, altKey } = event;
      const options = { ctrlKey, metaKey, shiftKey, altKey, bubbles: true, composed: true, cancelable: true };
      cell.querySelector('a, button')?.dispatchEvent(new MouseEvent('click', options));
    } else if (rows) {
      event.preventDefault();
      if (!this.#open) this.#openPanel();
      else if (event.altKey && rows < 0) this.#closePanel();
      else this.#selection.moveRow(/** @type {1 | -1} */ (rows));
    } else if (along && cell) {
      event.preventDefault();
      const rtl = getComputedStyle(this).direction === 'rtl';
      this.#selection.moveCell(/** @type {1 | -1} */ (rtl ? -along : along));
    }
  }

  /** Closes the panel first, clears next, and then is no longer ours. @param {KeyboardEvent} event */
  #escape(event) {
    if (!this.#open && !this.value) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.#open) this.#closePanel();
    else this.value = '';
  }

  /** Enter with nothing chosen: the results page, or where there is none the first hit. @param {SubmitEvent} event */
  #submit(event) {
    this.#recent?.add(this.value.trim());
    if (this.#action !== undefined && !this.#page) return;
    event.preventDefault();
    if (!this.#page) this.#panel.list.querySelector('a')?.click();
  }

  /**
   * @param {MouseEvent} event
   * @param {import('../client/engine.js').Hit} hit
   * @param {string} url
   */
  #followed(event, hit, url) {
    if (this.value.trim()) this.#recent?.add(this.value.trim());
    if (!this.#emit('exemplar-select', { query: this.value, hit, url })) event.preventDefault();
    else if (!event.ctrlKey && !event.metaKey && !event.shiftKey) this.#closePanel();
  }

  /**
   * @param {Article} article
   * @param {'more' | 'less'} direction
   */
  #refine(article, direction) {
    const { more = [], less = [] } = this.#session?.state ?? {};
    const lists = { more, less };
    const toggled = lists[direction].some(({ id }) => id === article.id);
    const others = (/** @type {Article[]} */ list) => list.filter(({ id }) => id !== article.id);
    const liked = { more: others(more), less: others(less) };
    if (!toggled) liked[direction].push(article);
    if (!this.#emit('exemplar-refine', { query: this.value, ...liked })) return;
    this.#selection?.choose(undefined);
    this.#session?.refine(liked);
  }

  #openPanel() {
    if (this.#open || this.#page || !this.isConnected || !this.#emit('exemplar-open')) return;
    this.#open = true;
    this.#panel.element.showPopover();
    this.#input.setAttribute('aria-expanded', 'true');
    this.#show();
    place(this.#panel.element, this.#form);
  }

  #closePanel() {
    if (!this.#open || !this.#emit('exemplar-close')) return;
    this.#open = false;
    this.#selection?.choose(undefined);
    this.#panel.element.hidePopover();
    this.#input.setAttribute('aria-expanded', 'false');
  }

  /** Brings the panel to what the session knows. */
  #show() {
    const session = this.#session;
    if (!session) return;
    this.#clear.hidden = !this.value;
    // An empty field has the direction of the page, as its placeholder has.
    this.#input.dir = this.value ? 'auto' : '';
    const focused = this.#root.activeElement;
    const held = this.#selection?.cell ?? this.#panel.list.querySelector('a:hover') ?? (focused === this.#input ? undefined : focused);
    const facts = {
      limit: this.#limit,
      examples: (this.#attribute('examples') ?? '').split('|').map((text) => text.trim()).filter(Boolean),
      recent: this.#recent?.all() ?? [],
      loading: session.loading,
    };
    const news = this.#panel.show(session.state, facts, held instanceof HTMLElement ? held : undefined);
    if (focused && !this.#root.activeElement) this.#panel.list.focus();
    if (!this.#selection?.cell) this.#selection?.choose(undefined);
    this.#announce(news);
    this.#tell();
  }

  /** @param {string} news */
  #announce(news) {
    clearTimeout(this.#announcing);
    if (!news) return;
    this.#announcing = setTimeout(() => (this.#status.textContent = news), QUIET);
  }

  /** The state the outside was told last. */
  #told = '';

  /** Tells the outside of a new state. */
  #tell() {
    const { state } = this;
    const { text, hits, pending, problem } = /** @type {SearchSession} */ (this.#session).state;
    const now = `${state} ${pending} ${text} ${hits.map(({ article }) => article.id)}`;
    if (now === this.#told) return;
    this.#told = now;
    this.#internals.states.clear();
    this.#internals.states.add(state);
    if (state === 'failed' || (state === 'degraded' && !pending)) this.#emit('exemplar-error', { query: text, error: problem });
    if (!pending && ['results', 'none', 'degraded'].includes(state)) this.#emit('exemplar-results', { query: text, hits, state });
  }

  /**
   * @param {import('../client/client.js').SearchIndex} index
   * @returns {import('../client/embedder.js').Embedder | undefined}
   */
  #embedderFor(index) {
    if (this.#embedder) return this.#embedder;
    const endpoint = this.#attribute('api');
    if (!endpoint) return undefined;
    const recipe = queryRecipe(index.space);
    return openaiEmbedder({ ...recipe, endpoint, model: this.#attribute('api-model') ?? recipe.model, apiKey: this.#apiKey ?? this.#keptKey });
  }

  /**
   * @param {string} type
   * @param {object} [detail]
   * @returns {boolean} false where a listener cancelled it
   */
  #emit(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}

/**
 * The language around an element, also beyond the shadow roots it is in; then the reader's.
 * @param {HTMLElement} host
 */
function languagesOf(host) {
  /** @type {Element | null} */
  let place = host;
  while (place) {
    const lang = place.closest('[lang]')?.getAttribute('lang');
    if (lang) return [lang];
    const root = place.getRootNode();
    place = root instanceof ShadowRoot ? root.host : null;
  }
  return navigator.languages;
}
