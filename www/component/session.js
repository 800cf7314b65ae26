import { borrowIndex } from './shared-index.js';

/**
 * @typedef {import('../client.js').SearchIndex} SearchIndex
 * @typedef {import('../engine.js').Hit} Hit
 * @typedef {import('../engine.js').Article} Article
 * @typedef {import('../engine.js').Progress} Progress
 * @typedef {import('../embedder.js').Embedder} Embedder
 *
 * @typedef {object} Settings
 * @property {string} bundle its address, absolute
 * @property {string} [method] how to rank once the meaning is known; default: all that the bundle can
 * @property {Promise<unknown>} [ready] what the downloads wait for
 * @property {number} limit how many hits to ask for
 * @property {(index: SearchIndex) => Promise<Embedder | undefined>} embedder what places a query, if anything does
 *
 * @typedef {object} State
 * @property {'idle' | 'loading' | 'searching' | 'results' | 'none' | 'failed'} phase
 * @property {string} text the query
 * @property {boolean} pending whether better hits are on their way
 * @property {Hit[]} hits best first
 * @property {Partial<Record<Progress['phase'], Progress>>} progress of the downloads
 * @property {{ code?: string } | undefined} problem why it failed; beside hits: why they are by words alone
 * @property {Article[]} more that the reader wants more of
 * @property {Article[]} less that the reader wants less of
 */

/** Milliseconds without a key before an API is asked. Ranking on this device waits for nothing. */
const PAUSE = 250;
/** How many embeddings are kept. */
const KEPT = 100;

/**
 * What one box asks of its index: by words at once, by meaning when the query's embedding is there. Every query ends the
 * one before, so a late answer is never shown. Knows nothing of the page.
 */
export class SearchSession {
  #settings;
  #onChange;
  /** @type {ReturnType<typeof borrowIndex> | undefined} */
  #borrowed;
  #latest = new AbortController();
  /** By text. @type {Map<string, Float32Array>} */
  #embeddings = new Map();
  #composing = false;
  #ready = false;
  /** @type {State} */
  state = { phase: 'idle', text: '', pending: false, hits: [], progress: {}, problem: undefined, more: [], less: [] };

  /**
   * @param {Settings} settings
   * @param {(state: State) => void} onChange
   */
  constructor(settings, onChange) {
    this.#settings = settings;
    this.#onChange = onChange;
  }

  /** Whether the downloads are on their way. */
  get loading() {
    return Boolean(this.#borrowed) && !this.#ready;
  }

  /** Starts the downloads, if they have not started. */
  load() {
    if (this.#borrowed) return this.#borrowed.index;
    const onProgress = (/** @type {Progress} */ progress) =>
      this.#set({ progress: { ...this.state.progress, [progress.phase]: progress } });
    const borrowed = borrowIndex(this.#settings.bundle, onProgress, this.#settings.ready);
    this.#borrowed = borrowed;
    this.#ready = false;
    borrowed.index.then(
      () => {
        if (this.#borrowed !== borrowed) return;
        this.#ready = true;
        this.#onChange(this.state);
      },
      () => {
        borrowed.release();
        // The next query tries again.
        if (this.#borrowed === borrowed) this.#borrowed = undefined;
      },
    );
    return borrowed.index;
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
   * @param {{ more?: Article[], less?: Article[] }} liked
   */
  refine(liked) {
    this.#ask(liked);
  }

  retry() {
    this.#ask({});
  }

  /** Gives everything up, and the memory back. */
  close() {
    this.#latest.abort();
    this.#borrowed?.release();
    this.#borrowed = undefined;
  }

  /** @param {Partial<State>} change of what is asked */
  async #ask(change) {
    this.#latest.abort();
    this.#latest = new AbortController();
    const { signal } = this.#latest;
    const { text } = { ...this.state, ...change };
    if (text.trim() === '') {
      this.#set({ ...change, phase: 'idle', pending: false, hits: [], problem: undefined });
      return;
    }
    if (!this.#borrowed) this.#set({ progress: {} });
    const index = this.load();
    this.#set({ ...change, phase: this.#ready ? 'searching' : 'loading', pending: true, problem: undefined });
    try {
      await this.#rank(await index, signal);
    } catch (error) {
      if (!signal.aborted) this.#set({ phase: 'failed', pending: false, hits: [], problem: problemOf(error) });
    }
  }

  /**
   * @param {SearchIndex} index
   * @param {AbortSignal} signal
   */
  async #rank(index, signal) {
    signal.throwIfAborted();
    const { text, more, less } = this.state;
    const embed = this.#settings.method === 'lexical' ? undefined : await this.#settings.embedder(index);
    const words = index.info.keywords;
    // What the reader likes has vectors already.
    const here = words || more.length > 0;
    if (!here && !embed) throw { code: 'no-method' };

    if (here) this.#show(await this.#hits(index, { text, unfinished: true }, signal), Boolean(embed), signal);
    if (!embed || this.#composing) return;
    let embedding;
    try {
      embedding = await this.#embedding(text, embed, signal);
    } catch (problem) {
      signal.throwIfAborted();
      if (!here) throw problem;
      this.#set({ phase: this.state.hits.length ? 'results' : 'none', pending: false, problem: problemOf(problem) });
      return;
    }
    this.#show(await this.#hits(index, { text, embedding }, signal), false, signal);
  }

  /**
   * @param {SearchIndex} index
   * @param {import('../engine.js').TextAndEmbedding} query
   * @param {AbortSignal} signal
   */
  async #hits(index, query, signal) {
    const { more, less } = this.state;
    const { limit: k, method: wanted } = this.#settings;
    const vector = query.embedding !== undefined || more.length > 0;
    const all = index.info.keywords ? 'knn+svm+lexical' : 'hybrid';
    const options = { method: vector ? (wanted ?? all) : 'lexical', k };
    const examples = { more: more.map(({ id }) => id), less: less.map(({ id }) => id) };
    const { hits } = more.length || less.length
      ? await index.refine({ query, ...examples, ...options }, { signal })
      : await index.search(query, { ...options, signal });
    return hits;
  }

  /**
   * @param {string} text
   * @param {Embedder} embed
   * @param {AbortSignal} signal
   */
  async #embedding(text, embed, signal) {
    const kept = this.#embeddings.get(text);
    if (kept) return kept;
    await pause(PAUSE, signal);
    const embedding = await embed(text, { signal });
    this.#embeddings.set(text, embedding);
    const [oldest] = this.#embeddings.keys();
    if (this.#embeddings.size > KEPT && oldest !== undefined) this.#embeddings.delete(oldest);
    return embedding;
  }

  /**
   * @param {Hit[]} hits
   * @param {boolean} pending
   * @param {AbortSignal} signal
   */
  #show(hits, pending, signal) {
    signal.throwIfAborted();
    const phase = hits.length ? 'results' : pending ? 'searching' : 'none';
    this.#set({ phase, hits, pending });
  }

  /** @param {Partial<State>} change */
  #set(change) {
    this.state = { ...this.state, ...change };
    this.#onChange(this.state);
  }
}

/** @param {any} error */
function problemOf(error) {
  return { code: error?.code ?? 'fallback', message: String(error?.message ?? error), status: error?.status };
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
