import { ExemplarError } from '../client/exemplar-search.js';
import { pause } from '../client/promises.js';
import { ask } from './asking.js';
import { BorrowedIndex } from './borrowed-index.js';
import { briefHit } from './brief.js';

/**
 * @typedef {import('../client/client.js').SearchIndex} SearchIndex
 * @typedef {import('../client/types.js').Hit} Hit
 * @typedef {import('../client/types.js').Article} Article
 * @typedef {import('../client/types.js').Embedder} Embedder
 * @typedef {import('./asking.js').Found} Found
 *
 * @typedef {object} Settings
 * @property {string} bundle its address, absolute, or those of several with spaces between them
 * @property {import('../client/types.js').Method} [method] how to rank by meaning; `lexical`: not at all. Default `auto`
 * @property {Promise<unknown>} [ready] what the downloads wait for
 * @property {number} limit how many hits there are at first, and how many more each time
 * @property {import('../client/types.js').Strictness} strictness how easily hits are called close
 * @property {ExemplarError} [problem] why there is nothing to ask
 * @property {number} passages how many passages of an article to ask for
 * @property {Record<string, string[]>} [first] what articles have that come before the others: one of the values in each field
 * @property {import('./scope.js').Scope} [within] which articles are searched
 * @property {readonly string[]} facets fields of articles whose values are counted
 * @property {(index: SearchIndex) => Embedder | undefined} embedder what places a query, if anything does
 *
 * @typedef {object} State
 * @property {'idle' | 'loading' | 'searching' | 'results' | 'none' | 'failed'} phase
 * @property {string} text the query
 * @property {boolean} pending whether better hits are on their way
 * @property {Hit[]} hits best first
 * @property {number} limit how many there may be
 * @property {boolean} further whether there would be more
 * @property {number} kept how many were there before more were asked for, and stay
 * @property {import('../client/types.js').Facet[]} facets what there is to filter by
 * @property {Record<string, string[]>} filter what the articles must have
 * @property {boolean} meaning whether the hits are by meaning, and not by words alone
 * @property {import('../client/types.js').Closeness | undefined} closeness how close the hits come to the query, if that is known
 * @property {ExemplarError | undefined} problem why it failed; beside hits: why they are from this device alone
 * @property {Article[]} more that the reader wants more of
 * @property {Article[]} less that the reader wants less of
 */

/** Milliseconds without a key before an API is asked. Ranking on this device waits for nothing. */
const PAUSE = 250;
/** Milliseconds for which hits that are shown wait for those by meaning from this device, so that rows do not jump twice a key. */
const SOON = 40;
/** Letters from which on shards are fetched for what may not be typed to its end; fewer wait for a pause. */
const WORTH_FETCHING = 3;
/** How many embeddings are kept. */
const KEPT = 100;

/**
 * What one box asks of its index: by words at once, by meaning as soon as the bundle's query encoder has placed the query,
 * and again when an API has. Every query ends the one before, so a late answer is never shown. Knows nothing of the page.
 */
export class SearchSession {
  #settings = /** @type {Settings} */ (/** @type {any} */ (undefined));
  #onChange;
  #index = new BorrowedIndex(() => this.#onChange(this.state));
  /** For the index that was borrowed. @type {Embedder | undefined} */
  #embedder;
  #latest = new AbortController();
  /** By text. @type {Map<string, Float32Array>} */
  #embeddings = new Map();
  #composing = false;
  /** @type {State} */
  state = { phase: 'idle', text: '', pending: false, hits: [], limit: 0, further: false, kept: 0, facets: [], filter: {}, meaning: false, closeness: undefined, problem: undefined, more: [], less: [] };

  /** @param {(state: State) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * How to search from now on; to be called before anything is asked. What is asked at the moment is asked anew where that
   * makes a difference, of the same index unless the bundle is another.
   * @param {Settings} settings
   */
  configure(settings) {
    const before = this.#settings;
    this.#settings = settings;
    if (settings.problem || before?.problem) return this.#askAgain({});
    if (!before) return;
    const { bundle, facets } = settings;
    const sameBundle = bundle === before.bundle;
    if (!sameBundle) this.#giveBack();
    const ranking = (/** @type {Settings} */ { method, limit, passages, strictness, facets, first, within }) =>
      JSON.stringify([method, limit, passages, strictness, facets, first, within?.name]);
    if (sameBundle && ranking(settings) === ranking(before)) return;
    const filter = Object.fromEntries(Object.entries(this.state.filter).filter(([field]) => facets.includes(field)));
    this.#askAgain({ filter, ...(sameBundle ? {} : { hits: [], facets: [], more: [], less: [] }) });
  }

  /** What places queries is another one from now on. */
  renewEmbedder() {
    this.#embedder = undefined;
    this.#embeddings.clear();
    this.#askAgain({});
  }

  /** The downloads, where they are to be told of. */
  get loading() {
    return this.#index.loading;
  }

  /** Starts the downloads, if they have not started. */
  load() {
    const { bundle, ready, problem } = this.#settings;
    if (problem) return Promise.reject(problem);
    return this.#index.load(bundle, ready);
  }

  /**
   * @param {string} text
   * @param {{ composing?: boolean }} [options] while an input method composes, only this device is asked
   */
  search(text, { composing = false } = {}) {
    const sameText = text === this.state.text;
    if (sameText && composing === this.#composing && this.state.phase !== 'idle') return;
    this.#composing = composing;
    this.#ask(sameText ? { text } : { text, more: [], less: [] });
  }

  /**
   * Tells the ranking which articles are what the reader means, and which are not.
   * @param {{ more: Article[], less: Article[] }} examples
   */
  refine(examples) {
    this.#ask(examples);
  }

  /**
   * Only articles that have one of the values in each field.
   * @param {Record<string, string[]>} filter
   */
  filter(filter) {
    this.#ask({ filter });
  }

  retry() {
    this.#ask({});
  }

  /** As many hits more as there were at first. */
  showMore() {
    this.#ask({ limit: this.state.limit + this.#settings.limit, kept: this.state.hits.length });
  }

  /** Gives everything up, and the memory back. */
  close() {
    this.#latest.abort();
    this.#giveBack();
  }

  #giveBack() {
    this.#index.giveBack();
    this.#embedder = undefined;
    this.#embeddings.clear();
  }

  /** @param {Partial<State>} change of what is asked, if anything is */
  #askAgain(change) {
    if (this.state.text.trim() === '' && this.state.phase === 'idle' && !this.#settings.problem) this.#set(change);
    else this.#ask(change);
  }

  /** @param {Partial<State>} change of what is asked */
  async #ask(change) {
    this.#latest.abort();
    this.#latest = new AbortController();
    const { signal } = this.#latest;
    const { text } = { ...this.state, ...change };
    const { limit, problem } = this.#settings;
    if (problem) {
      this.#set({ ...change, phase: 'failed', pending: false, hits: [], problem });
      return;
    }
    if (text.trim() === '') {
      this.#set({ ...change, phase: 'idle', pending: false, hits: [], problem: undefined });
      return;
    }
    const index = this.load();
    // Of another question the first again.
    if (!change.limit && (Object.keys(change).length || !this.state.limit)) change = { ...change, limit, kept: 0 };
    this.#set({ ...change, phase: this.#index.ready ? 'searching' : 'loading', pending: true, problem: undefined });
    try {
      await this.#rank(await index, signal);
    } catch (error) {
      if (!signal.aborted) this.#set({ phase: 'failed', pending: false, hits: [], problem: ExemplarError.from(error) });
    }
  }

  /**
   * @param {SearchIndex} index
   * @param {AbortSignal} signal
   */
  async #rank(index, signal) {
    signal.throwIfAborted();
    const { text, more } = this.state;
    const { method = 'auto' } = this.#settings;
    const { keywords, encoder } = index.info;
    const byMeaning = method !== 'lexical';
    this.#embedder ??= this.#settings.embedder(index);
    const embed = byMeaning ? this.#embedder : undefined;
    // What the reader likes has vectors already; what was typed gets its own from the bundle's query encoder.
    const here = byMeaning && (encoder || more.length > 0);
    const query = { text, unfinished: true };
    const { bundles, vectors } = index.info;
    if ((bundles || vectors === 'shards') && !embed && more.length === 0) return this.#rankParts(index, query, method, signal);
    if (!keywords && !here && !embed) throw new ExemplarError('no-method', 'the bundle has neither keywords nor a query encoder, and no embedding API is named');
    const soFar = bundles && ((/** @type {Found} */ found) => {
      if (!signal.aborted) this.#show(found, { pending: true }, signal);
    });
    const words = keywords && !(here && more.length) ? this.#hits(index, query, 'lexical', signal, soFar) : undefined;
    const meaning = here ? this.#hits(index, query, method, signal) : undefined;
    meaning?.catch(() => {});
    if (words) {
      const found = await words;
      const better = meaning && this.state.hits.length > 0 && (await Promise.race([meaning, pause(SOON, signal)]));
      if (!better) this.#show(found, { pending: Boolean(meaning ?? embed) }, signal);
    }
    if (meaning) this.#show(await meaning, { pending: Boolean(embed), meaning: true }, signal);
    if (!embed || this.#composing) return;
    let embedding;
    try {
      embedding = await this.#embedding(index, text, embed, signal);
    } catch (problem) {
      signal.throwIfAborted();
      if (!words && !meaning) throw problem;
      this.#set({ phase: this.state.hits.length ? 'results' : 'none', pending: false, problem: ExemplarError.from(problem) });
      return;
    }
    this.#show(await this.#hits(index, { text, embedding }, method, signal), { meaning: true }, signal);
  }

  /**
   * Of a bundle in shards, hits come as the shards do, those by words first; of several bundles, as these do.
   *
   * @param {SearchIndex} index
   * @param {{ text: string, unfinished: boolean }} query
   * @param {import('../client/types.js').Method} method
   * @param {AbortSignal} signal
   */
  async #rankParts(index, query, method, signal) {
    if (index.info.vectors === 'shards' && query.text.trim().length < WORTH_FETCHING) await pause(PAUSE, signal);
    const onUpdate = (/** @type {Found} */ found) => {
      if (!signal.aborted) this.#show(found, { pending: true, meaning: isByMeaning(found) }, signal);
    };
    const found = await this.#hits(index, query, method, signal, onUpdate);
    this.#show(found, { meaning: isByMeaning(found), problem: found.problem && ExemplarError.from(found.problem) }, signal);
  }

  /**
   * @param {SearchIndex} index
   * @param {import('../client/types.js').TextAndEmbedding} query
   * @param {import('../client/types.js').Method} method
   * @param {AbortSignal} signal
   * @param {(found: Found) => void} [onUpdate]
   */
  async #hits(index, query, method, signal, onUpdate) {
    const { more, less, filter, limit } = this.state;
    const { strictness, facets, first, within } = this.#settings;
    // More than the best passage of an article takes all of the bundle.
    const passages = index.info.vectors === 'shards' ? 1 : this.#settings.passages;
    const ids = (/** @type {Article[]} */ articles) => articles.map(({ id }) => id);
    // One more than is shown tells whether there are more.
    const question = { query, method, k: limit + 1, passages, strictness, facets, filter, first, within: within?.has, more: ids(more), less: ids(less) };
    return ask(index, question, signal, onUpdate);
  }

  /**
   * @param {SearchIndex} index
   * @param {string} text
   * @param {Embedder} embed
   * @param {AbortSignal} signal
   */
  async #embedding(index, text, embed, signal) {
    const kept = this.#embeddings.get(text);
    if (kept) return kept;
    await pause(PAUSE, signal);
    const plain = await index.plainText(text, { signal });
    const [embedding] = await Promise.all([embed(plain, { signal }), index.verify(embed, { signal })]);
    this.#embeddings.set(text, embedding);
    const [oldest] = this.#embeddings.keys();
    if (this.#embeddings.size > KEPT && oldest !== undefined) this.#embeddings.delete(oldest);
    return embedding;
  }

  /**
   * @param {Found} found
   * @param {{ pending?: boolean, meaning?: boolean, problem?: ExemplarError }} how
   * @param {AbortSignal} signal
   */
  #show({ hits, facets = [], closeness }, { pending = false, meaning = false, problem }, signal) {
    signal.throwIfAborted();
    const { limit } = this.state;
    const phase = hits.length ? 'results' : pending ? 'searching' : 'none';
    this.#set({ phase, hits: hits.slice(0, limit).map(briefHit), further: hits.length > limit, facets, pending, meaning, closeness, problem });
  }

  /** @param {Partial<State>} change */
  #set(change) {
    this.state = { ...this.state, ...change };
    this.#onChange(this.state);
  }
}

/** @param {Found} found */
function isByMeaning({ hits }) {
  return hits.some(({ scores: { knn, whitened } }) => knn !== undefined || whitened !== undefined);
}
