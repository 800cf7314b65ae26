import { openaiEmbedder, queryRecipe, safeLink } from '../client/exemplar-search.js';
import { Announcer } from './announcer.js';
import { ApiKey } from './api-key.js';
import { OBSERVED, readAttributes } from './attributes.js';
import { element } from './dom.js';
import { Field } from './field.js';
import { pressKey } from './keys.js';
import { languagesOf } from './language.js';
import { readLightForm } from './light-form.js';
import { keepOffline } from './offline.js';
import { Panel } from './panel.js';
import { Popup } from './popup.js';
import { putQueryInAddress, queryInAddress } from './query-address.js';
import { RecentQueries } from './recent.js';
import { Selection } from './selection.js';
import { SearchSession } from './session.js';
import { isShortcut } from './shortcuts.js';
import { languages, stringsFor } from './strings.js';
import { sheet } from './style.js';

/**
 * @import { Article, Embedder, Hit } from '../client/types.js'
 * @import { SearchIndex } from '../client/client.js'
 * @import { SomeStrings } from './strings.js'
 *
 * @typedef {'idle' | 'loading' | 'searching' | 'results' | 'none' | 'degraded' | 'failed'} SearchState
 */

/** Sections of an article that are linked beside the best, at most: in the panel, and on a results page. */
const OTHERS = { panel: 2, page: 3 };
/** Attributes that need a new panel: no row of the old one may stay. What the others change is changed in what is there. */
const MAKE_THE_PANEL = ['bundle', 'mode', 'base', 'filters', 'lang'];
/** Attributes that another embedder comes of. */
const PLACE_QUERIES = ['api', 'api-model'];
/** Properties that a page may set before this module is there. */
const SETTABLE = /** @type {const} */ (['strings', 'embedder', 'value']);

/**
 * A search box for a static site: `<exemplar-search bundle="/search/bundle.json">`. See docs/component.md.
 */
export class ExemplarSearch extends HTMLElement {
  static observedAttributes = OBSERVED;

  /** The strings of each language, by BCP 47 tag in lower case. */
  static languages = languages;

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: 'open' });
  #field = new Field({
    onInput: (composing) => this.#typed(composing),
    onFocus: () => this.#load(),
    onClick: () => this.#openPanel(),
    onKey: (event) => this.#pressed(event),
    onSubmit: (event) => this.#submit(event),
    onClear: () => {
      this.value = '';
      this.#field.input.focus();
    },
  });
  #popup = new Popup(this, this.#field);
  #announcer = new Announcer();
  #apiKey = new ApiKey();
  // One landmark for field and panel, wherever on the page the box stands.
  #landmark = element('div', { role: 'search' });
  /** What lives from one connection to the next disconnection. @type {AbortController | undefined} */
  #connection;
  /** Settles when a service worker keeps what is fetched from then on. @type {Promise<unknown> | undefined} */
  #offline;
  /** @type {SomeStrings | undefined} */
  #overrides;
  /** @type {Embedder | undefined} */
  #embedder;
  #strings = stringsFor([]);
  /** The state the outside was told last. */
  #told = '';

  // What there is from the first connection on.
  #lightForm = /** @type {ReturnType<typeof readLightForm>} */ (/** @type {any} */ (undefined));
  #attributes = /** @type {ReturnType<typeof readAttributes>} */ (/** @type {any} */ (undefined));
  #panel = /** @type {Panel} */ (/** @type {any} */ (undefined));
  /** None on a results page. @type {Selection | undefined} */
  #selection;
  /** None where they are not to be kept. @type {RecentQueries | undefined} */
  #recent;
  /** While the box is connected. @type {SearchSession | undefined} */
  #session;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    // Those that a page has set before this module was there stand in the way of the accessors.
    for (const name of SETTABLE) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete /** @type {any} */ (this)[name];
      /** @type {any} */ (this)[name] = value;
    }
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
      this.#popup.open = false;
      this.#announcer.stop();
    });
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#session) return;
    this.#configure();
    if (MAKE_THE_PANEL.includes(name)) this.#makePanel();
    if (PLACE_QUERIES.includes(name)) this.#session.renewEmbedder();
    this.#session.configure(this.#searchSettings());
    this.#show();
  }

  /** Strings of this box that differ from those of its language. @param {SomeStrings | undefined} strings */
  set strings(strings) {
    this.#overrides = strings;
    if (!this.#session) return;
    this.#configure();
    this.#makePanel();
    this.#show();
  }

  get strings() {
    return this.#overrides;
  }

  /** The embedder that is used instead of `api`. @param {Embedder | undefined} embedder */
  set embedder(embedder) {
    this.#embedder = embedder;
    this.#session?.renewEmbedder();
  }

  get embedder() {
    return this.#embedder;
  }

  /**
   * Sets the key for the current `api`. It is kept in memory, sent to that address only, and cannot be read back.
   * @param {string | undefined} key undefined forgets it
   * @param {{ keep?: boolean }} [options] keep: also keeps it in the tab's session storage until the tab is closed; set it only if
   *   the reader asks for it. Default false
   */
  setApiKey(key, { keep = false } = {}) {
    this.#apiKey.set(this.getAttribute('api') ?? '', key, keep);
    this.#session?.renewEmbedder();
  }

  /** The query. */
  get value() {
    return this.#field.value;
  }

  set value(text) {
    this.#field.value = text;
    if (this.#session) this.#typed();
  }

  /** The state of the box; see docs/component.md. @returns {SearchState} */
  get state() {
    const { phase, problem } = this.#session?.state ?? { phase: 'idle', problem: undefined };
    return problem && phase !== 'failed' ? 'degraded' : phase;
  }

  /** Whether the panel is open. */
  get open() {
    return this.#popup.open;
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#field.input.focus(options);
  }

  /** Opens the panel and takes the focus. */
  show() {
    // First: the focus waits for the layout.
    this.#load();
    this.#field.input.focus();
    this.#openPanel();
  }

  /** Closes the panel. */
  close() {
    this.#closePanel();
  }

  #start() {
    const first = !this.#panel;
    const given = first && this.value !== '';
    const typing = first && this.#adoptLightForm();
    this.#session = new SearchSession(() => this.#show());
    this.#configure();
    this.#session.configure(this.#searchSettings());
    this.#makePanel();
    const { page, param } = this.#attributes;
    if (page) this.#field.value ||= queryInAddress(param);
    if (typing) this.#field.input.focus();
    this.#listen(/** @type {AbortController} */ (this.#connection).signal);
    this.#show();
    if (typing || given || page) this.#typed();
    // Put back into the page: the same query, asked again.
    else if (!first && this.value) this.#session.search(this.value);
  }

  /**
   * What was being typed when the module arrived goes on in this box's own field.
   * @returns {boolean} whether something was
   */
  #adoptLightForm() {
    this.#lightForm = readLightForm(this);
    const { input, value } = this.#lightForm;
    const typing = input?.matches(':focus') ?? false;
    // Ends a composition, whose text then counts.
    input?.blur();
    this.#field.value ||= input?.value ?? value;
    return typing;
  }

  /** Brings everything but the panel and the session to what the attributes and the language say. */
  #configure() {
    const attributes = this.#attributes = readAttributes(this, this.#lightForm);
    const strings = this.#strings = stringsFor(languagesOf(this), this.#overrides);
    const { label, recent, bundle, offline } = attributes;
    this.#field.configure(attributes, strings, this.#lightForm.hidden);
    this.#landmark.setAttribute('aria-label', label ?? strings.label);
    this.#announcer.element.lang = strings.language;
    this.#recent = recent ? new RecentQueries(bundle) : undefined;
    if (offline) this.#offline ??= keepOffline(offline, bundle);
  }

  /** @returns {import('./session.js').Settings} */
  #searchSettings() {
    const { bundle, method, limit, page, filters } = this.#attributes;
    const passages = 1 + (page ? OTHERS.page : OTHERS.panel);
    return { bundle, ready: this.#offline, method, limit, passages, facets: filters, embedder: (index) => this.#embedderFor(index) };
  }

  #makePanel() {
    const { page, base, filters } = this.#attributes;
    const before = this.#panel;
    const panel = this.#panel = new Panel(!page, this.#strings, filters, this.#session?.state.filter ?? {}, {
      linkTo: (url, anchor) => safeLink(url, anchor, base),
      onOpen: (event, hit, url) => this.#followed(event, hit, url),
      onRefine: (article, direction) => this.#refine(article, direction),
      onQuery: (text) => (this.value = text),
      onRetry: () => this.#session?.retry(),
      onForget: () => {
        this.#recent?.forget();
        this.#show();
      },
      onFilter: (filter) => this.#session?.filter(filter),
    });
    panel.element.lang = this.#strings.language;
    this.#selection?.choose(undefined);
    this.#selection = page ? undefined : new Selection(this.#field.input, panel.list);
    if (before) {
      before.element.replaceWith(panel.element);
    } else {
      this.#landmark.append(this.#field.element, panel.element, this.#announcer.element);
      this.#root.append(this.#landmark);
    }
    this.#popup.hold(page ? undefined : panel.element);
    this.#popup.position();
  }

  /** Starts the downloads; what goes wrong is said when something is asked. */
  #load() {
    this.#session?.load().catch(() => {});
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    this.addEventListener('pointerenter', () => this.#load(), { signal });
    this.#popup.listen(() => this.#closePanel(), signal);
    document.addEventListener('keydown', (event) => {
      if (!isShortcut(event, this.#attributes.shortcuts)) return;
      event.preventDefault();
      this.show();
      this.#field.input.select();
    }, { signal });
    addEventListener('popstate', () => {
      if (this.#attributes.page) this.value = queryInAddress(this.#attributes.param);
    }, { signal });
  }

  /** The query changed. @param {boolean} [composing] */
  #typed(composing = false) {
    const text = this.value;
    this.#selection?.choose(undefined);
    if (text.trim() && !this.#emit('exemplar-search', { query: text })) return;
    this.#session?.search(text, { composing });
    if (text) this.#openPanel();
    if (this.#attributes.page && !composing) putQueryInAddress(this.#attributes.param, text);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    pressKey(event, {
      value: this.value,
      open: this.open,
      selection: this.#selection,
      isRightToLeft: () => getComputedStyle(this).direction === 'rtl',
      openPanel: () => this.#openPanel(),
      closePanel: () => this.#closePanel(),
      clear: () => (this.value = ''),
    });
  }

  /** Enter with nothing chosen: the results page, or where there is none the first hit. @param {SubmitEvent} event */
  #submit(event) {
    const { action, page } = this.#attributes;
    this.#recent?.add(this.value.trim());
    if (action !== undefined && !page) return;
    event.preventDefault();
    if (!page) this.#panel.list.querySelector('a')?.click();
  }

  /**
   * @param {MouseEvent} event
   * @param {Hit} hit
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
    const taken = { more, less }[direction].some(({ id }) => id === article.id);
    const others = (/** @type {Article[]} */ list) => list.filter(({ id }) => id !== article.id);
    const examples = { more: others(more), less: others(less) };
    if (!taken) examples[direction].push(article);
    if (!this.#emit('exemplar-refine', { query: this.value, ...examples })) return;
    this.#selection?.choose(undefined);
    this.#session?.refine(examples);
  }

  #openPanel() {
    if (this.open || !this.#session || this.#attributes.page || !this.isConnected || !this.#emit('exemplar-open')) return;
    this.#popup.open = true;
    this.#show();
    this.#popup.position();
  }

  #closePanel() {
    if (!this.open || !this.#emit('exemplar-close')) return;
    this.#selection?.choose(undefined);
    this.#popup.open = false;
  }

  /** Brings the panel to what the session knows. */
  #show() {
    const session = this.#session;
    if (!session || !this.#panel) return;
    this.#field.show();
    const { limit, suggestions } = this.#attributes;
    const focused = this.#root.activeElement;
    const held = this.#selection?.cell ?? this.#panel.list.querySelector('a:hover') ?? (focused === this.#field.input ? undefined : focused);
    const facts = { limit, suggestions, recent: this.#recent?.all() ?? [], loading: session.loading };
    const news = this.#panel.show(session.state, facts, held instanceof HTMLElement ? held : undefined);
    if (focused && !this.#root.activeElement) this.#panel.list.focus();
    if (!this.#selection?.cell) this.#selection?.choose(undefined);
    this.#announcer.announce(news);
    this.#tell(session.state);
  }

  /** Tells the outside of a new state. @param {import('./session.js').State} session */
  #tell({ text, hits, pending, problem }) {
    const { state } = this;
    const now = `${state} ${pending} ${text} ${hits.map(({ article }) => article.id)}`;
    if (now === this.#told) return;
    this.#told = now;
    this.#internals.states.clear();
    this.#internals.states.add(state);
    if (state === 'failed' || (state === 'degraded' && !pending)) this.#emit('exemplar-error', { query: text, error: problem });
    if (!pending && ['results', 'none', 'degraded'].includes(state)) this.#emit('exemplar-results', { query: text, hits, state });
  }

  /**
   * @param {SearchIndex} index
   * @returns {Embedder | undefined}
   */
  #embedderFor(index) {
    if (this.#embedder) return this.#embedder;
    const { api, apiModel } = this.#attributes;
    if (!api) return undefined;
    const recipe = queryRecipe(index.space);
    return openaiEmbedder({ ...recipe, endpoint: api, model: apiModel ?? recipe.model, apiKey: this.#apiKey.for(api) });
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
