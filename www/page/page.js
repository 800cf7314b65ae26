import { addressWith, readAddress, withPresentC } from './address.js';
import { Cost, DEFAULT_C } from './cost.js';
import { byId, element, within } from './dom.js';
import { Format } from './format.js';
import { listenToKeys } from './keyboard.js';
import { Loading } from './loading.js';
import { Panels } from './panels.js';
import { Problem } from './problem.js';
import { DEFAULT, METHODS, Results } from './results.js';
import { SectionLinks } from './section-links.js';
import { Settings } from './settings.js';
import { entryKey, loadSite } from './site.js';
import { hasNoApi, stringsFor } from './strings.js';
import { Teach } from './teach.js';

/**
 * @typedef {import('./site.js').Site} Site
 * @typedef {import('./panels.js').Asked} Asked
 * @typedef {import('./panels.js').Shown} Shown
 * @typedef {import('../client/types.js').SearchOptions} SearchOptions
 * @typedef {import('../client/types.js').SearchResult} SearchResult
 *
 * What it takes to rank the same again with another C.
 * @typedef {object} Ranked
 * @property {Site} site
 * @property {Asked} asked
 * @property {(options: SearchOptions, signal: AbortSignal) => Promise<SearchResult>} search
 * @property {SearchResult[]} found one a method
 * @property {Promise<SearchResult | undefined>} usual the SVM's by the default C; none while the query is being typed
 * @property {Map<string, number>} knnRanks
 * @property {string} subject the same for as long as hits only change their places
 */

/** How far down kNN's ranking the other columns' hits are looked for. */
const KNN_RANKS = 200;
/** Links that are followed without loading this page again. */
const OWN_LINKS = '#view a, #examples a, .similar, #for-you';

const { lang } = readAddress();
const strings = stringsFor(lang === undefined ? navigator.languages : [lang, ...navigator.languages]);
const format = new Format(strings.language);
translate();

const form = byId('search', HTMLFormElement);
const query = byId('query', HTMLInputElement);
const k = byId('k', HTMLInputElement);
const bundle = byId('bundle', HTMLSelectElement);
const status = byId('status', HTMLElement);
const view = byId('view', HTMLElement);
const viewTitle = within(view, 'h2', HTMLElement);
const viewBack = within(view, 'a', HTMLAnchorElement);
const openSettings = byId('open-settings', HTMLButtonElement);

const examples = new Teach(strings, { go, say: (text) => (status.textContent = text) });
const results = new Results(strings, format, (direction, id) => examples.teach(direction, id));
const cost = new Cost(strings, format, results.headingOf('svm'), rankByCost);
const panels = new Panels(strings.language, format);
const sectionLinks = new SectionLinks();
const loading = new Loading(strings, format);
const settings = new Settings(() => {
  hostHasApi = true;
  show();
});
const problem = new Problem(strings, { onRetry: () => show(), onSettings: () => settings.open() });

/** The site that is loading or loaded. @type {ReturnType<typeof open> | undefined} */
let opened;
/** Whether an embedding API is worth asking: not where the host has said that there is none. */
let hostHasApi = true;
/** Ends what the page is doing when it is asked for something newer. */
let latest = new AbortController();
/** What was ranked last, and is shown. @type {Ranked | undefined} */
let ranked;
/** Ends ranking it again with another C. */
let again = new AbortController();

/**
 * Shows what the address says.
 * @param {{ typing?: boolean }} [options] whether the query is being typed: then no API is asked
 */
async function show({ typing = false } = {}) {
  latest.abort();
  again.abort();
  latest = new AbortController();
  const { signal } = latest;
  let loaded = false;
  problem.hide();
  if (!typing) {
    status.textContent = '';
    fillForm();
  }
  try {
    const { bundle } = readAddress();
    if (opened && opened.bundle !== bundle) {
      opened.close();
      opened = undefined;
      ranked = undefined;
    }
    opened ??= open(bundle);
    const site = await opened.site;
    signal.throwIfAborted();
    loaded = true;
    await showHits(site, signal, typing);
  } catch (error) {
    if (signal.aborted) return;
    // The query encoder's hits stay where the API alone failed.
    if (!(error instanceof ApiFailure)) clear(undefined);
    if (!(error instanceof ApiFailure)) status.textContent = '';
    problem.show(error instanceof ApiFailure ? error.cause : error, loaded);
  } finally {
    if (!signal.aborted) results.busy = results.estimated = false;
  }
}

/** @param {string | undefined} bundle which of the page's bundles; the first where it is undefined */
function open(bundle) {
  const controller = new AbortController();
  const { signal } = controller;
  loading.start();
  const onEntries = (/** @type {import('./site.js').Entry[]} */ entries) => offerBundles(entries);
  const onProgress = (/** @type {import('../client/types.js').Progress} */ progress) => loading.show(progress);
  const site = loadSite(bundle, { onEntries, onProgress, signal });
  const opening = {
    bundle,
    site,
    /** Gives it up, or its memory back. */
    close() {
      controller.abort();
      site.then(({ index }) => index.free(), () => {});
    },
  };
  site.then(
    (site) => {
      if (signal.aborted) return;
      loading.end();
      describe(site);
    },
    () => {
      if (opened !== opening) return;
      loading.end();
      opened = undefined;
    },
  );
  return opening;
}

/**
 * The one path by which what the page shows reaches its parts below the hits: called whenever that changes.
 * @param {Shown | undefined} what undefined where there is no site, or something failed
 */
function shown(what) {
  if (what) {
    panels.show(what);
    sectionLinks.show();
  } else {
    panels.hide();
    sectionLinks.hide();
  }
}

/**
 * @param {Site} site
 * @param {AbortSignal} signal
 * @param {boolean} typing
 */
async function showHits(site, signal, typing) {
  const { index, entry } = site;
  const { query, similar, more, less } = readAddress();
  document.title = [query, entry.name, 'exemplar-search'].filter(Boolean).join(' · ');
  results.busy = true;
  results.estimated = false;
  await examples.show(site, signal);
  const liked = similar === undefined ? more : [similar, ...more.filter((id) => id !== similar)];
  const learned = { more: liked, less: less.filter((id) => id !== similar) };

  view.hidden = similar === undefined && (query !== '' || !more.length);
  if (similar !== undefined) {
    viewTitle.textContent = strings.similarTo((await index.article(similar, { signal })).title);
    viewBack.textContent = query ? strings.backToQuery(query) : strings.backToStart;
    viewBack.href = addressWith({ similar: undefined });
    await rank(site, learned, signal);
  } else if (query) {
    if (index.info.encoder && !settings.remembers(query)) {
      await rank(site, { ...learned, query: { text: query, unfinished: typing } }, signal, encoderNote);
      results.estimated = true;
      if (typing || !hostHasApi) return;
      status.textContent += ` · ${strings.askingApi}`;
      await rankByApi(site, learned, query, signal).catch((error) => {
        signal.throwIfAborted();
        status.textContent = status.textContent?.replace(` · ${strings.askingApi}`, '') ?? '';
        if (!hasNoApi(error)) throw new ApiFailure(error);
        hostHasApi = false;
      });
      return;
    }
    if (!settings.remembers(query)) status.textContent = strings.embedding;
    await rankByApi(site, learned, query, signal);
  } else if (more.length) {
    viewTitle.textContent = examples.isKept ? strings.forYou : strings.articlesByExamples;
    viewBack.textContent = strings.backToStart;
    viewBack.href = addressWith({ more: [], less: [] });
    await rank(site, learned, signal);
  } else {
    clear(site);
    status.textContent = less.length ? strings.likeFirst : '';
  }
}

/**
 * Shows no hits.
 * @param {Site | undefined} site where nothing was asked of it; undefined where something failed
 */
function clear(site) {
  again.abort();
  ranked = undefined;
  results.clear();
  cost.hidden = true;
  shown(site && { site, found: [] });
}

/** The embedding API failed, but the hits of the query encoder are there. */
class ApiFailure extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super('the embedding API failed', { cause });
  }
}

/**
 * @param {Site} site
 * @param {Asked} learned
 * @param {string} query
 * @param {AbortSignal} signal
 */
async function rankByApi(site, learned, query, signal) {
  const start = performance.now();
  const { embedder } = settings;
  const [embedding] = await Promise.all([embedder(query, { signal }), site.index.verify(embedder, { signal })]);
  const note = strings.embedded(format.milliseconds(performance.now() - start));
  await rank(site, { ...learned, query: { text: query, embedding } }, signal, () => note);
}

/**
 * @param {SearchResult} knn
 * @param {Asked} asked
 */
function encoderNote({ known = 0 }, { more }) {
  if (known > 0) return strings.encoded(format.percent(known));
  return more.length ? undefined : strings.unknown;
}

/**
 * Ranks by each method and shows the hits.
 *
 * @param {Site} site
 * @param {Asked} asked
 * @param {AbortSignal} signal
 * @param {(knn: SearchResult, asked: Asked) => string | undefined} [note] for the status
 */
async function rank(site, asked, signal, note) {
  const { index } = site;
  const { k, C, similar } = readAddress();
  const { query, more, less } = asked;
  /** @type {Ranked['search']} */
  const search = query && !more.length && !less.length
    ? (options, signal) => index.search(query, { ...options, signal })
    : (options, signal) => index.refine(asked, { ...options, signal });
  // First, because the first search after loading also pays for starting up: the times shown should not.
  const knn = await search({ method: 'knn', k: Math.max(k, KNN_RANKS) }, signal);
  const methods = query && index.info.keywords ? [...METHODS, DEFAULT] : METHODS;
  await prepare(search, C, signal);
  // The default's closed form also works out something once.
  if (methods.includes(DEFAULT)) await search({ method: 'whitened', k: 1 }, signal);
  const found = await Promise.all(methods.map((method) => search({ method, k, C }, signal)));
  const usual = C === DEFAULT_C ? svmOf(found) : query?.unfinished ? undefined : search({ method: 'svm', k }, signal);
  const knnRanks = new Map(knn.hits.map(({ article, rank }) => [article.id, rank]));
  const subject = JSON.stringify([query?.text, similar]);
  const moving = subject === ranked?.subject;
  showRanked({ site, asked, search, found, usual: Promise.resolve(usual).catch(() => undefined), knnRanks, subject }, moving);
  const hits = found[0]?.hits.length ?? 0;
  const notes = [strings.found(strings.hitCount(hits, format.count(hits))), lesson(), note?.(knn, asked)];
  status.textContent = notes.filter(Boolean).join(' · ');
  // The slider has moved while this was being ranked.
  if (readAddress().C !== C) rankByCost(readAddress().C);
}

/**
 * Has the SVM work out what it needs for all queries with this C, which it keeps for one C: the times shown should be those
 * of a query.
 *
 * @param {Ranked['search']} search
 * @param {number} C
 * @param {AbortSignal} signal
 */
function prepare(search, C, signal) {
  return search({ method: 'svm', k: 1, C, tolerance: 1 }, signal);
}

/**
 * @param {Ranked} now
 * @param {boolean} moving whether hits are to be seen moving to their new places
 */
function showRanked(now, moving) {
  again.abort();
  ranked = now;
  const { site, asked, found, usual, knnRanks } = now;
  const { k, C } = readAddress();
  results.show(found, knnRanks, { lang: site.entry.lang, moving });
  cost.hidden = false;
  usual.then((usual) => {
    if (ranked !== now) return;
    const { hits } = svmOf(found);
    const elsewhere = hits.filter(({ article, rank }) => usual?.hits[rank - 1]?.article.id !== article.id);
    cost.showEffect(usual && C !== DEFAULT_C ? elsewhere.length : undefined, hits.length);
  });
  shown({ site, asked, options: { k, C }, found });
}

/**
 * Ranks what is shown with another C, by the methods that it concerns.
 * @param {number} C
 */
async function rankByCost(C) {
  history.replaceState(null, '', addressWith({ C }));
  for (const link of document.querySelectorAll(`#other-language, ${OWN_LINKS}`)) {
    if (link instanceof HTMLAnchorElement && link.href) link.href = withPresentC(link.href);
  }
  again.abort();
  again = new AbortController();
  const { signal } = again;
  const before = ranked;
  if (!before) return;
  const { k } = readAddress();
  try {
    await prepare(before.search, C, signal);
    const found = await Promise.all(before.found.map((one) =>
      one.svm ? before.search({ method: one.method, k, C }, signal) : one));
    signal.throwIfAborted();
    showRanked({ ...before, found }, true);
  } catch (error) {
    if (!signal.aborted) problem.show(error, true);
  }
}

/** How many examples the reader has given. */
function lesson() {
  const { more, less } = readAddress();
  if (more.length + less.length === 0) return undefined;
  return strings.taught(format.count(more.length), format.count(less.length));
}

/** @param {SearchResult[]} found */
function svmOf(found) {
  const svm = found.find(({ method }) => method === 'svm');
  if (!svm) throw new TypeError('the SVM is always asked');
  return svm;
}

/** @param {import('./site.js').Entry[]} entries */
function offerBundles(entries) {
  const chosen = readAddress().bundle ?? (entries[0] && entryKey(entries[0]));
  const options = entries.map((entry) => {
    const option = element('option', { value: entryKey(entry), lang: entry.lang }, entry.name);
    option.selected = option.value === chosen;
    return option;
  });
  bundle.replaceChildren(...options);
  byId('bundle-choice', HTMLElement).hidden = entries.length < 2;
}

/** @param {Site} site */
function describe({ entry, entries, index: { info, thread } }) {
  settings.useSpace(info.space);
  openSettings.disabled = false;
  const facts = [
    entries.length < 2 ? entry.name : undefined,
    strings.articles(format.count(info.articles)),
    info.passages > info.articles ? strings.passages(format.count(info.passages)) : undefined,
    strings.dimensions(format.count(info.dimensions)),
    info.space.model,
    thread === 'page' ? strings.onPage : undefined,
  ];
  byId('facts', HTMLElement).textContent = facts.filter(Boolean).join(' · ');

  const examples = byId('examples', HTMLElement);
  examples.hidden = !entry.examples?.length;
  const links = (entry.examples ?? []).map((example) => {
    return element('li', {}, element('a', { lang: entry.lang }, example));
  });
  within(examples, 'ul', HTMLElement).replaceChildren(...links);
  linkExamples();
}

/** Has the examples lead to addresses like the present one. */
function linkExamples() {
  for (const link of document.querySelectorAll('#examples a')) {
    if (link instanceof HTMLAnchorElement) link.href = addressWith({ query: link.textContent, similar: undefined });
  }
}

function fillForm() {
  const address = readAddress();
  query.value = address.query;
  k.value = String(address.k);
  cost.value = address.C;
  linkExamples();
  const { code, name } = strings.otherLanguage;
  const link = byId('other-language', HTMLAnchorElement);
  link.href = addressWith({ lang: code });
  link.lang = link.hreflang = code;
  link.textContent = name;
}

/**
 * Moves to an address of this page and shows it.
 * @param {string} address
 */
function go(address) {
  history.pushState(null, '', address);
  return show();
}

/** Puts the page's text into index.html, which has none of its own. */
function translate() {
  document.documentElement.lang = strings.language;
  /** @type {[attribute: string, put: (element: Element, text: string) => void][]} */
  const places = [
    ['data-text', (element, text) => (element.textContent = text)],
    ['data-label', (element, text) => element.setAttribute('aria-label', text)],
    ['data-placeholder', (element, text) => element.setAttribute('placeholder', text)],
  ];
  for (const [attribute, put] of places) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      const key = /** @type {keyof typeof strings} */ (element.getAttribute(attribute));
      put(element, String(strings[key]));
    }
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  go(addressWith({ query: query.value.trim(), k: k.valueAsNumber, similar: undefined }));
});

k.addEventListener('change', () => {
  if (k.reportValidity()) go(addressWith({ k: k.valueAsNumber }));
});

bundle.addEventListener('change', () => {
  go(addressWith({ bundle: bundle.value, similar: undefined, more: [], less: [] }));
});

// As one types, an input method's candidates aside: the bundle's query encoder needs no API.
query.addEventListener('input', async (event) => {
  if (event instanceof InputEvent && event.isComposing) return;
  const asked = latest;
  const site = await opened?.site.catch(() => undefined);
  // While the site was loading, the query may have been sent.
  if (!site?.index.info.encoder || latest !== asked) return;
  history.replaceState(null, '', addressWith({ query: query.value.trim(), similar: undefined }));
  show({ typing: true });
});
query.addEventListener('compositionend', () => query.dispatchEvent(new Event('input')));

addEventListener('popstate', () => show());

// Links of this page's own are followed without loading it again; with a modifier they open elsewhere as links do.
document.addEventListener('click', async (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const hit = link.closest('.hit');
  if (!link.matches(OWN_LINKS)) return;
  event.preventDefault();
  await go(link.href);
  if (hit) viewTitle.focus();
});

openSettings.addEventListener('click', () => settings.open());
listenToKeys(query);
show();
