import { safeLink } from '../client/exemplar-search.js';
import { Announcer } from './announcer.js';
import { AttributeReader, OBSERVED } from './attributes.js';
import { PageColors } from './color-scheme.js';
import { EmbedderChoice } from './embedder-choice.js';
import { toggleExample } from './examples.js';
import { Field } from './field.js';
import { Frame } from './frame.js';
import { pressKey } from './keys.js';
import { languagesOf, withFallbacks } from './language.js';
import { languages } from './languages.js';
import { takeLightForm } from './light-form.js';
import { keepOffline } from './offline.js';
import { Panel } from './panel.js';
import { putQueryInAddress, queryInAddress } from './query-address.js';
import { RecentQueries } from './recent.js';
import { Reporter, stateOf } from './reporter.js';
import { scopeOf } from './scope.js';
import { Selection } from './selection.js';
import { SearchSession } from './session.js';
import { isShortcut } from './shortcuts.js';
import { Speech } from './speech.js';
import { contents } from './styles/contents.js';
import { frame } from './styles/frame.js';
import { withMarks } from './text-fragment.js';
import { ElementOrNone } from './without-dom.js';

/**
 * @import { Article, Embedder, Hit } from '../client/types.js'
 * @import { Attributes } from './attributes.js'
 * @import { SomeStrings } from './strings.js'
 *
 * @typedef {import('./reporter.js').SearchState} SearchState
 */

/** Sections of an article that are linked beside the best, at most: in the panel, and on a results page. */
const OTHERS = { field: 2, button: 2, page: 3 };
/** Attributes that need a new panel: no row of the old one may stay. What the others change is changed in what is there. */
const MAKE_THE_PANEL = ['bundle', 'bundle-names', 'mode', 'base', 'filters', 'lang', 'mark-words'];
/** Attributes that another embedder comes of. */
const PLACE_QUERIES = ['api', 'api-model'];
/** Properties that a page may set before this module is there. */
const SETTABLE = /** @type {const} */ (['strings', 'embedder', 'value']);

/**
 * A search box for a static site: `<exemplar-search bundle="/search/bundle.json">`. See docs/component.md.
 */
export class ExemplarSearch extends ElementOrNone {
  static observedAttributes = OBSERVED;

  /** The strings of each language, by BCP 47 tag in lower case. */
  static languages = languages;

  #reporter = new Reporter(this, this.attachInternals().states);
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
  #announcer = new Announcer();
  #frame = new Frame(this, this.#field, this.#announcer.element, { onOpen: () => this.show(), onLeave: () => this.#closePanel() });
  /** What lives from one connection to the next disconnection. @type {AbortController | undefined} */
  #connection;
  /** Settles when a service worker keeps what is fetched from then on. @type {Promise<unknown> | undefined} */
  #offline;
  /** @type {SomeStrings | undefined} */
  #overrides;
  #colors = new PageColors(this, this.#frame.element);
  #embedders = new EmbedderChoice();
  #speech = new Speech(() => {
    if (this.#session) this.#sayAnew();
  });

  // What there is from the first connection on.
  #lightForm = /** @type {ReturnType<typeof takeLightForm>} */ (/** @type {any} */ (undefined));
  #reader = /** @type {AttributeReader} */ (/** @type {any} */ (undefined));
  #attributes = /** @type {Attributes} */ (/** @type {any} */ (undefined));
  #panel = /** @type {Panel} */ (/** @type {any} */ (undefined));
  /** None on a results page. @type {Selection | undefined} */
  #selection;
  /** None where they are not to be kept. @type {RecentQueries | undefined} */
  #recent;
  /** While the box is connected. @type {SearchSession | undefined} */
  #session;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [frame, contents];
    this.#root.append(this.#frame.element);
    // Those that a page has set before this module was there stand in the way of the accessors.
    for (const name of SETTABLE) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete /** @type {any} */ (this)[name];
      /** @type {any} */ (this)[name] = value;
    }
  }

  connectedCallback() {
    if (this.#connection) {
      this.#moved();
      return;
    }
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
      this.#frame.close();
      this.#colors.end();
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
    this.#speech.speakAsAround(this, strings);
    this.#sayAnew();
  }

  get strings() {
    return this.#overrides;
  }

  /** The embedder that is used instead of `api`. @param {Embedder | undefined} embedder */
  set embedder(embedder) {
    this.#embedders.own = embedder;
    this.#session?.renewEmbedder();
  }

  get embedder() {
    return this.#embedders.own;
  }

  /**
   * Sets the key for the current `api`. It is kept in memory, sent to that address only, and cannot be read back.
   * @param {string | undefined} key undefined forgets it
   * @param {{ keep?: boolean }} [options] keep: also keeps it in the tab's session storage until the tab is closed; set it only if
   *   the reader asks for it. Default false
   */
  setApiKey(key, { keep = false } = {}) {
    this.#embedders.key.set(this.getAttribute('api') ?? '', key, keep);
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
    return this.#session ? stateOf(this.#session.state) : 'idle';
  }

  /**
   * Whether the reader edits the query. The page sees keys come from the box, not from its field; scripts that spare what is edited, on
   * their way down too, can tell by this. A click on a hit is for those that replace pages, which leave what is edited alone.
   */
  get isContentEditable() {
    return this.#root.activeElement === this.#field.input && globalThis.event?.type !== 'click';
  }

  /** Whether the panel is open. */
  get open() {
    return this.#frame.open;
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#frame.focusable.focus(options);
  }

  /** Opens the panel and takes the focus. */
  show() {
    // First: the focus waits for the layout.
    this.#load();
    if (this.#attributes?.mode !== 'button') this.focus();
    this.#openPanel();
  }

  /** Closes the panel. */
  close() {
    this.#closePanel();
  }

  #start() {
    const first = !this.#panel;
    const given = first && this.value !== '';
    if (first) this.#lightForm = takeLightForm(this);
    const typing = first && this.#lightForm.typing;
    this.#field.value ||= first ? this.#lightForm.value : '';
    // Addresses in attributes are meant as the page's was when they came, also in a box that the site keeps from page to page.
    if (first) this.#reader = new AttributeReader(this, this.#lightForm);
    this.#session = new SearchSession(() => this.#show());
    this.#configure();
    this.#session.configure(this.#searchSettings());
    this.#makePanel();
    const { mode, param } = this.#attributes;
    if (mode === 'page') this.#field.value ||= queryInAddress(param);
    if (typing) this.focus();
    // The button has no place for what is typed.
    if (typing && mode === 'button') this.show();
    this.#listen(/** @type {AbortController} */ (this.#connection).signal);
    this.#show();
    if (typing || given || mode === 'page') this.#typed();
    // Put back into the page: the same query, asked again.
    else if (!first && this.value) this.#session.search(this.value);
  }

  /** To another place in the page: nothing is given up. */
  #moved() {
    if (!this.#session) return;
    this.#frame.moved();
    this.#colors.follow(this.#attributes.dark);
  }

  /** Brings everything but the panel and the session to what the attributes and the language say. */
  #configure() {
    const attributes = this.#attributes = this.#reader.read();
    this.#speech.speakAsAround(this, this.#overrides);
    this.#say();
    const { recent, bundle, offline, dark } = attributes;
    this.#recent = recent ? new RecentQueries(bundle) : undefined;
    if (offline) this.#offline ??= keepOffline(offline, bundle);
    this.#colors.follow(dark);
  }

  /** Brings the field and what is around it to the strings of the language. */
  #say() {
    const { strings } = this.#speech;
    this.#field.configure(this.#attributes, strings, this.#lightForm.hidden);
    this.#frame.configure(this.#attributes, strings);
    this.#announcer.element.lang = strings.language;
  }

  /** The strings are others. */
  #sayAnew() {
    this.#say();
    this.#makePanel();
    this.#show();
  }

  /** @returns {import('./session.js').Settings} */
  #searchSettings() {
    const { bundle, method, strictness, limit, mode, languages, filters, problem } = this.#attributes;
    const first = languages === 'page' ? { lang: withFallbacks(languagesOf(this)[0] ?? '') } : undefined;
    return {
      bundle, method, strictness, limit, problem, ready: this.#offline, passages: 1 + OTHERS[mode], facets: filters, first,
      within: scopeOf(this.#attributes, location.href),
      embedder: (index) => this.#embedders.for(index, this.#attributes),
    };
  }

  #makePanel() {
    const { mode, base, filters, markWords, bundle, bundleNames } = this.#attributes;
    const bundles = bundle.split(' ');
    const panel = this.#panel = new Panel(mode, this.#speech.strings, filters, this.#session?.state.filter ?? {}, {
      linkTo: (hit, anchor) => {
        const link = safeLink(hit.article.url, anchor, base);
        return link && markWords ? withMarks(link, hit, anchor) : link;
      },
      nameOf: ({ bundle }) => bundleNames[bundles.indexOf(bundle ?? '')],
      pictureOf: ({ image }) => (image && typeof image === 'string' ? safeLink(image, undefined, base) : undefined),
      onOpen: (event, hit, url) => this.#followed(event, hit, url),
      onRefine: (article, direction) => this.#refine(article, direction),
      onQuery: (text) => (this.value = text),
      onRetry: () => this.#session?.retry(),
      onForget: () => {
        this.#recent?.forget();
        this.#show();
      },
      onMore: () => this.#showMore(),
      onFilter: (filter) => this.#session?.filter(filter),
    });
    panel.element.lang = this.#speech.strings.language;
    this.#selection?.choose(undefined);
    this.#selection = mode === 'page' ? undefined : new Selection(this.#field.input, panel.list);
    this.#frame.hold(panel.element);
  }

  /** Starts the downloads; what goes wrong is said when something is asked. */
  #load() {
    this.#session?.load().catch(() => {});
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    this.addEventListener('pointerenter', () => this.#load(), { signal });
    this.#frame.listen();
    document.addEventListener('keydown', (event) => {
      if (!isShortcut(event, this.#attributes.shortcuts)) return;
      event.preventDefault();
      this.show();
      this.#field.input.select();
    }, { signal });
    addEventListener('popstate', () => {
      if (this.#attributes.mode === 'page') this.value = queryInAddress(this.#attributes.param);
    }, { signal });
  }

  /** The query changed. @param {boolean} [composing] */
  #typed(composing = false) {
    const text = this.value;
    this.#selection?.choose(undefined);
    if (text.trim() && !this.#reporter.emit('exemplar-search', { query: text })) return;
    this.#session?.search(text, { composing });
    const { mode } = this.#attributes;
    // A dialog opens when the reader wants it.
    if (text && mode === 'field') this.#openPanel();
    if (mode === 'page' && !composing) putQueryInAddress(this.#attributes.param, text);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    pressKey(event, {
      value: this.value,
      open: this.open,
      modal: this.#attributes.mode === 'button',
      selection: this.#selection,
      isRightToLeft: () => getComputedStyle(this).direction === 'rtl',
      openPanel: () => this.#openPanel(),
      closePanel: () => this.#closePanel(),
      clear: () => (this.value = ''),
    });
  }

  /** Enter with nothing chosen: the results page, or where there is none the first hit. @param {SubmitEvent} event */
  #submit(event) {
    const { action, mode } = this.#attributes;
    this.#recent?.add(this.value.trim());
    if (action !== undefined && mode !== 'page') return;
    event.preventDefault();
    if (mode !== 'page') this.#panel.list.querySelector('a')?.click();
  }

  /**
   * @param {MouseEvent} event
   * @param {Hit} hit
   * @param {string} url
   */
  #followed(event, hit, url) {
    if (this.value.trim()) this.#recent?.add(this.value.trim());
    if (!this.#reporter.emit('exemplar-select', { query: this.value, hit, url })) event.preventDefault();
    else if (!event.ctrlKey && !event.metaKey && !event.shiftKey) this.#closePanel();
  }

  /**
   * @param {Article} article
   * @param {'more' | 'less'} direction
   */
  #refine(article, direction) {
    const { more = [], less = [] } = this.#session?.state ?? {};
    const examples = toggleExample({ more, less }, article, direction);
    if (!this.#reporter.emit('exemplar-refine', { query: this.value, ...examples })) return;
    this.#selection?.choose(undefined);
    this.#session?.refine(examples);
  }

  /** The hits that are there stay; those who chose "more" by key go on from the last of them. */
  #showMore() {
    if (this.#selection?.cell) this.#selection.moveRow(-1);
    this.#session?.showMore();
  }

  #openPanel() {
    if (this.open || !this.#session || !this.#frame.opens || !this.isConnected || !this.#reporter.emit('exemplar-open')) return;
    // The site's own navigation may have moved the page on, to what another scope holds for.
    this.#attributes = this.#reader.read();
    this.#session.configure(this.#searchSettings());
    this.#show();
    this.#frame.open = true;
  }

  #closePanel() {
    if (!this.open || !this.#reporter.emit('exemplar-close')) return;
    this.#selection?.choose(undefined);
    this.#frame.open = false;
  }

  /** Brings the panel to what the session knows. */
  #show() {
    const session = this.#session;
    if (!session || !this.#panel) return;
    this.#field.show();
    const { suggestions } = this.#attributes;
    const focused = this.#root.activeElement;
    const held = this.#selection?.cell ?? this.#panel.list.querySelector('a:hover') ?? (focused === this.#field.input ? undefined : focused);
    const facts = { suggestions, recent: this.#recent?.all() ?? [], loading: session.loading };
    const news = this.#panel.show(session.state, facts, held instanceof HTMLElement ? held : undefined);
    if (focused && !this.#root.activeElement) this.#panel.list.focus();
    if (!this.#selection?.cell) this.#selection?.choose(undefined);
    this.#announcer.announce(news);
    this.#reporter.tell(session.state);
  }
}
