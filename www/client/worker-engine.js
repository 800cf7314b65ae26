import { coreFiles } from './core-files.js';
import { chunksOf } from './download.js';
import { ExemplarError, freed } from './errors.js';
import { abortable } from './promises.js';
import { request } from './request.js';
import { scriptUrl } from './script-url.js';

/**
 * @import { CallArguments, CallName, CallResult } from './calls.js'
 * @import { How } from './engine.js'
 * @import { IndexInfo, LoadOptions, Progress, SearchResult } from './types.js'
 *
 * @typedef {object} Asked a call that the worker has not answered
 * @property {PromiseWithResolvers<any>} answer
 * @property {() => void} goOn lets the next call be sent
 * @property {(result: SearchResult) => void} [onUpdate]
 */

/** Milliseconds between two questions whether the worker is alive, while it owes an answer; and how many it may leave open. */
const PULSE = 20_000;
const MISSED = 3;

/** Thrown where no worker could be started at all; the same work can then be done on the page's own thread. */
export class NoWorker extends Error {}

/** The engine of engine.js, in a worker. */
export class WorkerEngine {
  #worker;
  #freed = new AbortController();
  /** @type {(progress: Progress) => void} */
  #onProgress = () => {};
  /** By id. @type {Map<number, Asked>} */
  #asked = new Map();
  #calls = 0;
  /** Settles when every call so far is answered or waits for the network. @type {Promise<unknown>} */
  #idle = Promise.resolve();
  /** Why there will be no more answers. @type {ExemplarError | undefined} */
  #ended;
  /** Questions since the worker was last heard of. Counted, as a page that was asleep knows no time. */
  #missed = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pulse;
  /** @type {IndexInfo} */
  info = /** @type {any} */ (undefined);
  thread = /** @type {const} */ ('worker');

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }) => this.#receive(data));
    worker.addEventListener('error', (event) => this.#fail(event.message));
    worker.addEventListener('messageerror', () => this.#fail('a message could not be read'));
  }

  /**
   * @param {string} url the bundle's, absolute
   * @param {LoadOptions} [options]
   */
  static async load(url, { normalize, background, onProgress, signal } = {}) {
    const worker = makeWorker();
    const engine = new WorkerEngine(worker);
    if (onProgress) engine.#onProgress = onProgress;
    // Asked at once, and not when the worker has started: the page's thread may be busy just then.
    const loaded = engine.#ask({ call: 'load', args: [url, { normalize, background }, coreFiles] }, { signal });
    // The worker's script is on its way yet, and with it the download would begin a round trip later.
    const sent = engine.#download(url);
    loaded.catch(() => {});
    sent.catch(() => {});
    try {
      await started(worker, signal);
      await Promise.all([loaded, abortable(sent, signal)]);
      return engine;
    } catch (error) {
      engine.free();
      throw error;
    }
  }

  /**
   * One of the calls of calls.js.
   *
   * @template {CallName} Name
   * @param {Name} call
   * @param {CallArguments<Name>} args
   * @param {How} [how]
   * @returns {Promise<Awaited<CallResult<Name>>>}
   */
  call(call, args, how = {}) {
    return this.#ask({ call, args, updates: Boolean(how.onUpdate) }, how);
  }

  /** Whether the worker has crashed or hangs: another one has to take its place. */
  get failed() {
    return this.#ended?.code === 'internal';
  }

  free() {
    this.#end(freed());
  }

  /**
   * One call at a time, so that a call aborted before its turn costs the worker nothing; but none waits for another's downloads.
   * @param {{ call: string, args: any, updates?: boolean }} message
   * @param {How} how
   */
  #ask(message, { signal, onUpdate }) {
    const id = this.#calls++;
    const turn = this.#idle;
    /** @type {PromiseWithResolvers<void>} */
    const { promise, resolve: goOn } = Promise.withResolvers();
    this.#idle = promise;
    const answer = turn.then(() => {
      signal?.throwIfAborted();
      if (this.#ended) throw this.#ended;
      const asked = { answer: Promise.withResolvers(), goOn, onUpdate };
      this.#asked.set(id, asked);
      this.#pulse ??= setInterval(() => this.#feel(), PULSE);
      this.#worker.postMessage({ id, ...message });
      signal?.addEventListener('abort', () => this.#worker.postMessage({ abort: id }), { once: true });
      return asked.answer.promise;
    }).finally(goOn);
    return abortable(answer, signal);
  }

  /**
   * Sends the worker a file as it comes.
   * @param {string} url
   */
  async #download(url) {
    const { signal } = this.#freed;
    const response = await request(url, { signal });
    this.#worker.postMessage({ headers: [...response.headers] });
    try {
      for await (const chunk of chunksOf(response, url, signal)) this.#worker.postMessage({ chunk }, [chunk.buffer]);
      this.#worker.postMessage({ chunk: undefined });
    } catch {
      this.#worker.postMessage({ broken: true });
    }
  }

  /** @param {import('./worker.js').Answer} message */
  #receive(message) {
    this.#missed = 0;
    if ('progress' in message) this.#onProgress(message.progress);
    if (!('id' in message)) return;
    const asked = this.#asked.get(message.id);
    if (!asked) return;
    if ('waiting' in message) asked.goOn();
    else if ('update' in message) asked.onUpdate?.(message.update);
    else {
      this.#asked.delete(message.id);
      if (this.#asked.size === 0) this.#rest();
      if ('info' in message) this.info = message.info;
      if ('error' in message) asked.answer.reject(ExemplarError.fromPlain(message.error));
      else asked.answer.resolve(message.result);
      // What a trap leaves behind answers wrongly, if it answers.
      if ('fatal' in message && message.fatal) this.#fail(message.error.message);
    }
  }

  /** Nothing tells of a worker that hangs, or that the browser has ended. */
  #feel() {
    if (this.#missed++ < MISSED) this.#worker.postMessage({ alive: true });
    else this.#fail(`no sign of life for ${(MISSED * PULSE) / 1000} s`);
  }

  #rest() {
    clearInterval(this.#pulse);
    this.#pulse = undefined;
  }

  /** @param {string} reason */
  #fail(reason) {
    this.#end(new ExemplarError('internal', `the search worker failed: ${reason}`));
  }

  /** @param {ExemplarError} error */
  #end(error) {
    this.#ended ??= error;
    this.#freed.abort(error);
    this.#worker.terminate();
    this.#rest();
    for (const { answer } of this.#asked.values()) answer.reject(this.#ended);
  }
}

/**
 * Workers are missing in some embedded browsers; a page may forbid them by its policy, and a worker's script must be of the
 * page's own origin.
 */
function makeWorker() {
  try {
    return new Worker(scriptUrl(new URL('./worker.js', import.meta.url).href), { type: 'module', name: 'exemplar-search' });
  } catch (cause) {
    throw new NoWorker('no worker could be made', { cause });
  }
}

/**
 * Settles when the worker has loaded its module, which old browsers refuse it.
 *
 * @param {Worker} worker
 * @param {AbortSignal} [signal]
 */
function started(worker, signal) {
  const { promise, resolve, reject } = Promise.withResolvers();
  worker.addEventListener('message', resolve, { once: true });
  worker.addEventListener('error', () => reject(new NoWorker('the worker did not start')), { once: true });
  return abortable(promise, signal);
}
