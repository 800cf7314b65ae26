import { partsOf, timed } from './calls.js';
import { startCore } from './core.js';
import { download, tally } from './download.js';
import { ExemplarError, freed, rethrown } from './errors.js';
import { Candidates, initSync, Remote } from './pkg-remote/exemplar_search.js';
import { abortable } from './promises.js';

/**
 * @import { CallArguments, CallName } from './calls.js'
 * @import { How } from './engine.js'
 * @import { CandidatesRequest, CandidatesSource, IndexInfo, LoadOptions, Query, RankingOptions, SearchResult } from './types.js'
 *
 * @typedef {{ Remote: typeof Remote, Candidates: typeof Candidates }} Core
 */

/** Milliseconds for a response of the engine. */
const PATIENCE = 10_000;
/** Bytes of one at most: 2,000 rows with long texts. */
const LARGEST = 2 ** 26;

/**
 * A remote bundle: asks an engine for candidates, and ranks them. It runs on the page's thread, where the page's function is that asks
 * the engine; a search takes a few milliseconds beside the engine's time.
 */
export class RemoteEngine {
  /** @type {Remote | undefined} */
  #remote;
  #core;
  #ask;

  /**
   * @param {Remote} remote
   * @param {Core} core
   * @param {(wanted: CandidatesRequest, json: string, signal: AbortSignal) => Promise<Response>} ask
   */
  constructor(remote, core, ask) {
    this.#remote = remote;
    this.#core = core;
    this.#ask = ask;
    /** @type {IndexInfo} */
    this.info = remote.info();
  }

  /**
   * @param {string} url the manifest's, absolute; the file that it names is beside it
   * @param {LoadOptions & { candidates: CandidatesSource }} options an address is absolute
   */
  static async load(url, { candidates, onProgress, signal }) {
    const ask = asker(candidates);
    const bundle = tally((loaded, total) => onProgress?.({ phase: 'bundle', loaded, total }));
    const started = startCore('remote', (loaded, total) => onProgress?.({ phase: 'wasm', loaded, total }), { initSync, Remote, Candidates });
    started.catch(() => {});
    const manifest = await download(url, bundle(), { signal });
    const core = /** @type {Core} */ (/** @type {unknown} */ (await abortable(started, signal)));
    const file = rethrown(() => core.Remote.file(manifest));
    const bytes = await download(new URL(file, url).href, bundle(), { signal });
    return new RemoteEngine(rethrown(() => new core.Remote(manifest, bytes)), core, ask);
  }

  /**
   * One of {@link calls}, as far as they need no row that the engine has not returned.
   *
   * @template {CallName} Name
   * @param {Name} name
   * @param {CallArguments<Name>} args
   * @param {How} [how]
   * @returns {Promise<any>}
   * @throws {ExemplarError} the core's, the engine's, and `freed`
   */
  async call(name, args, how = {}) {
    const remote = this.#current();
    switch (name) {
      case 'search': return this.#search(/** @type {any} */ (args)[0], /** @type {any} */ (args)[1], how);
      case 'verify': return rethrown(() => remote.verify(/** @type {any} */ (args)[0]));
      case 'plainText': return this.#core.Remote.plainText(/** @type {any} */ (args)[0]);
      case 'encode': return rethrown(() => remote.encode(/** @type {any} */ (args)[0]));
      case 'complete': return undefined;
      default: throw new ExemplarError('method-needs', `${name} needs all rows, which a remote bundle leaves to its engine: search instead`);
    }
  }

  free() {
    this.#remote?.free();
    this.#remote = undefined;
  }

  /**
   * @param {Query} query
   * @param {RankingOptions | undefined} options
   * @param {How} how
   * @returns {Promise<SearchResult>}
   */
  async #search(query, options, { signal, onUpdate }) {
    const { text, unfinished, embedding } = partsOf(query);
    const candidates = new this.#core.Candidates();
    let spent = 0;
    try {
      for (let requests = 0; ; requests++) {
        const { result, lookedAt, partial, wanted, milliseconds } =
          timed(() => rethrown(() => this.#current().search(candidates, text, unfinished, embedding, options)));
        spent += milliseconds;
        const told = { ...result, lookedAt, requests, partial };
        if (!wanted) return { ...told, milliseconds: spent };
        if (told.hits.length > 0) onUpdate?.(told);
        const { json, vectors } = await this.#respond(wanted, candidates.request() ?? '', signal);
        const { milliseconds: taken } = timed(() => rethrown(() => candidates.add(this.#current(), json, vectors)) ?? {});
        spent += taken;
      }
    } finally {
      candidates.free();
    }
  }

  /**
   * @param {CandidatesRequest} wanted
   * @param {string} json the same
   * @param {AbortSignal} [signal]
   */
  async #respond(wanted, json, signal) {
    const limit = AbortSignal.timeout(PATIENCE);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      return await abortable(this.#ask(wanted, json, either), either);
    } catch (cause) {
      signal?.throwIfAborted();
      if (limit.aborted) {
        throw new ExemplarError('timeout', `the engine gave no candidates within ${PATIENCE / 1000} s: try again`, { cause });
      }
      if (cause instanceof ExemplarError) throw cause;
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new ExemplarError('network', `the engine could not be asked for candidates: ${said}`, { cause });
    }
  }

  #current() {
    if (!this.#remote) throw freed();
    return this.#remote;
  }
}

/**
 * @typedef {object} Response
 * @property {Uint8Array} json
 * @property {Float32Array} [vectors] where they are not in the JSON
 */

/**
 * What asks an engine: the page's function, or a POST to an address.
 * @param {CandidatesSource} candidates
 * @returns {(wanted: CandidatesRequest, json: string, signal: AbortSignal) => Promise<Response>}
 */
function asker(candidates) {
  if (typeof candidates === 'function') {
    return async (wanted, _, signal) => encoded(await candidates(wanted, { signal }));
  }
  const url = String(candidates);
  const headers = { 'content-type': 'application/json' };
  return async (_, body, signal) => {
    const json = await download(url, () => {}, { method: 'POST', headers, body, redirect: 'manual', signal }, LARGEST);
    return { json };
  };
}

/**
 * What a page's function gives, as the core takes it.
 * @param {import('./types.js').CandidatesResponse} response
 * @returns {Response}
 */
function encoded(response) {
  if (typeof response !== 'object' || response === null) {
    throw new ExemplarError('bad-response', `candidates gave ${typeof response}: expected { rows, vectors }`);
  }
  const { vectors, ...rest } = response;
  const inJson = typeof vectors === 'string' ? { ...rest, vectors } : rest;
  return {
    json: new TextEncoder().encode(JSON.stringify(inJson)),
    vectors: vectors === undefined || typeof vectors === 'string' ? undefined : Float32Array.from(vectors),
  };
}
