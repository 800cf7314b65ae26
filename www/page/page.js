import { briefArticle } from '../component/brief.js';
import { addressWith, readAddress, withPresentC } from './address.js';
import { CSlider, DEFAULT_C } from './c-slider.js';
import { byId, within } from './dom.js';
import { Examples } from './examples.js';
import { Format } from './format.js';
import { listenToKeys } from './keyboard.js';
import { Loading } from './loading.js';
import { Panels } from './panels.js';
import { Parts } from './parts.js';
import { Problem } from './problem.js';
import { inParts, rank, rankAgain, svmOf } from './ranking.js';
import { Results } from './results.js';
import { SearchForm } from './search-form.js';
import { SectionLinks } from './section-links.js';
import { Settings } from './settings.js';
import { OpenedSite } from './site.js';
import { hasNoApi, stringsFor } from './strings.js';
import { translate } from './translate.js';

/**
 * @typedef {import('./site.js').Site} Site
 * @typedef {import('./panels.js').Asked} Asked
 * @typedef {import('./panels.js').Shown} Shown
 * @typedef {import('./ranking.js').Ranking} Ranking
 * @typedef {import('../client/types.js').SearchResult} SearchResult
 */

/** Links that are followed without loading this page again. */
const OWN_LINKS = '#view a, #suggestions a, .similar, #for-you';

const { lang } = readAddress();
const strings = stringsFor(lang === undefined ? navigator.languages : [lang, ...navigator.languages]);
const format = new Format(strings.language);
translate(strings);

const status = byId('status', HTMLElement);
const view = byId('view', HTMLElement);
const viewTitle = within(view, 'h2', HTMLElement);
const viewBack = within(view, 'a', HTMLAnchorElement);
const openSettings = byId('open-settings', HTMLButtonElement);

const form = new SearchForm(strings, format, { go, onTyping: searchAsTyped });
const examples = new Examples(strings, { go, say: (text) => (status.textContent = text) });
const results = new Results(strings, format, (direction, id) => examples.give(direction, id));
const slider = new CSlider(strings, format, results.headingOf('svm'), rankByC);
const panels = new Panels(strings.language, format);
const parts = new Parts(strings, format, compareAll);
const sectionLinks = new SectionLinks();
const loading = new Loading(strings, format);
const settings = new Settings(() => {
  hostHasApi = true;
  show();
});
const problem = new Problem(strings, { onRetry: () => show(), onSettings: () => settings.open() });

/** @type {OpenedSite | undefined} */
let opened;
/** Whether an embedding API is worth asking: not where the host has said that there is none. */
let hostHasApi = true;
/** Ends what the page is doing when it is asked for something newer. */
let latest = new AbortController();
/** What is shown. `subject` is the same for as long as hits only change their places. @type {{ ranking: Ranking, subject: string } | undefined} */
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
    form.fill();
    slider.value = readAddress().C;
  }
  try {
    const { bundle } = readAddress();
    if (opened && opened.key !== bundle) {
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
  loading.start();
  const opening = new OpenedSite(bundle, {
    onEntries: (entries) => form.offer(entries),
    onProgress: (progress) => loading.show(progress),
  });
  opening.site.then(
    (site) => {
      if (opening.closed) return;
      loading.end();
      settings.useSpace(site.index.info.space);
      openSettings.disabled = false;
      form.describe(site);
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
 * @param {Shown | undefined} what undefined where there is no site, or something failed; the panels need all of a site
 */
function shown(what) {
  if (what && !inParts(what.site)) {
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
  // What is learned from articles needs all of them.
  if (similar !== undefined || more.length || less.length) await loadWhole(site, signal);
  await examples.show(site, signal);
  const given = similar === undefined ? { more, less }
    : { more: [similar, ...more.filter((id) => id !== similar)], less: less.filter((id) => id !== similar) };

  view.hidden = similar === undefined && (query !== '' || !more.length);
  if (similar !== undefined) {
    viewTitle.textContent = strings.similarTo(briefArticle(await index.article(similar, { signal })).title);
    viewBack.textContent = query ? strings.backToQuery(query) : strings.backToStart;
    viewBack.href = addressWith({ similar: undefined });
    await showRanking(site, given, signal);
  } else if (query) {
    await showHitsOf(query, site, given, signal, typing);
  } else if (more.length) {
    viewTitle.textContent = examples.isKept ? strings.forYou : strings.articlesByExamples;
    viewBack.textContent = strings.backToStart;
    viewBack.href = addressWith({ more: [], less: [] });
    await showRanking(site, given, signal);
  } else {
    clear(site);
    status.textContent = less.length ? strings.likeFirst : '';
  }
}

/**
 * What the bundle's query encoder makes of a query, and then what the API does.
 *
 * @param {string} query
 * @param {Site} site
 * @param {Asked} given
 * @param {AbortSignal} signal
 * @param {boolean} typing
 */
async function showHitsOf(query, site, given, signal, typing) {
  if (!site.index.info.encoder || settings.remembers(query)) {
    if (!settings.remembers(query)) status.textContent = strings.embedding;
    return rankByApi(site, given, query, signal);
  }
  await showRanking(site, { ...given, query: { text: query, unfinished: typing } }, signal, encoderNote);
  results.estimated = true;
  if (typing || !hostHasApi) return;
  status.textContent += ` · ${strings.askingApi}`;
  await rankByApi(site, given, query, signal).catch((error) => {
    signal.throwIfAborted();
    status.textContent = status.textContent?.replace(` · ${strings.askingApi}`, '') ?? '';
    if (!hasNoApi(error)) throw new ApiFailure(error);
    hostHasApi = false;
  });
}

/**
 * Loads what is missing of a site that is searched in parts.
 * @param {Site} site
 * @param {AbortSignal} signal
 */
async function loadWhole(site, signal) {
  if (!inParts(site)) return;
  loading.start();
  try {
    await site.index.complete({ signal });
  } finally {
    loading.end();
  }
}

/** Has every method rank what is asked: all but the default need the whole site. */
async function compareAll() {
  const { signal } = latest;
  try {
    const site = await opened?.site;
    if (!site) return;
    await loadWhole(site, signal);
    await show();
    results.focus();
  } catch (error) {
    if (!signal.aborted) problem.show(error, true);
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
  slider.hidden = true;
  parts.hide();
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
 * @param {Asked} given
 * @param {string} query
 * @param {AbortSignal} signal
 */
async function rankByApi(site, given, query, signal) {
  const start = performance.now();
  const { embedder } = settings;
  const plain = await site.index.plainText(query, { signal });
  const [embedding] = await Promise.all([embedder(plain, { signal }), site.index.verify(embedder, { signal })]);
  const note = strings.embedded(format.milliseconds(performance.now() - start));
  await showRanking(site, { ...given, query: { text: query, embedding } }, signal, () => note);
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
async function showRanking(site, asked, signal, note) {
  const { k, C, similar } = readAddress();
  const ranking = await rank(site, asked, { k, C }, signal);
  const subject = JSON.stringify([asked.query?.text, similar]);
  put(ranking, subject, subject === ranked?.subject);
  const hits = ranking.found[0]?.hits.length ?? 0;
  const count = strings.hitCount(hits, format.count(hits));
  const notes = [ranking.found.length > 1 ? strings.found(count) : count, examplesNote(), note?.(ranking.knn, asked)];
  status.textContent = notes.filter(Boolean).join(' · ');
  // The slider has moved while this was being ranked.
  if (readAddress().C !== C) rankByC(readAddress().C);
}

/**
 * @param {Ranking} ranking
 * @param {string} subject
 * @param {boolean} moving whether hits are to be seen moving to their new places
 */
function put(ranking, subject, moving) {
  again.abort();
  ranked = { ranking, subject };
  const { site, asked, found, knn, usual } = ranking;
  const { k, C } = readAddress();
  const knnRanks = new Map(knn.hits.map(({ article, rank }) => [article.id, rank]));
  const alone = inParts(site);
  results.show(found, alone ? undefined : knnRanks, { lang: site.entry.lang, moving });
  parts.show(knn);
  slider.hidden = alone;
  usual.then((usual) => {
    if (ranked?.ranking !== ranking || alone) return;
    const { hits } = svmOf(found);
    const elsewhere = hits.filter(({ article, rank }) => usual?.hits[rank - 1]?.article.id !== article.id);
    slider.showEffect(usual && C !== DEFAULT_C ? elsewhere.length : undefined, hits.length);
  });
  shown({ site, asked, options: { k, C }, found });
}

/**
 * Ranks what is shown with another C.
 * @param {number} C
 */
async function rankByC(C) {
  history.replaceState(null, '', addressWith({ C }));
  for (const link of document.querySelectorAll(`#other-language, ${OWN_LINKS}`)) {
    if (link instanceof HTMLAnchorElement && link.href) link.href = withPresentC(link.href);
  }
  again.abort();
  again = new AbortController();
  const { signal } = again;
  const before = ranked;
  if (!before) return;
  try {
    put(await rankAgain(before.ranking, { k: readAddress().k, C }, signal), before.subject, true);
  } catch (error) {
    if (!signal.aborted) problem.show(error, true);
  }
}

/** How many examples the reader has given. */
function examplesNote() {
  const { more, less } = readAddress();
  if (more.length + less.length === 0) return undefined;
  return strings.examplesGiven(format.count(more.length), format.count(less.length));
}

/** The bundle's query encoder needs no API, and so answers with every key. */
async function searchAsTyped() {
  const asked = latest;
  const site = await opened?.site.catch(() => undefined);
  // While the site was loading, the query may have been sent.
  if (!site?.index.info.encoder || latest !== asked) return;
  history.replaceState(null, '', addressWith({ query: form.query, similar: undefined }));
  show({ typing: true });
}

/**
 * Moves to an address of this page and shows it.
 * @param {string} address
 */
function go(address) {
  history.pushState(null, '', address);
  return show();
}

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
listenToKeys(form.input);
show();
