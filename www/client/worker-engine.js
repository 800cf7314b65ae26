import { ExemplarError } from './errors.js';
import { scriptUrl } from './script-url.js';

/**
 * @import { CallArguments, CallName, CallResult } from './calls.js'
 * @import { IndexInfo, LoadOptions, Progress } from './types.js'
 */

/** Thrown where no worker could be started at all; the same work can then be done on the page's own thread. */
export class NoWorker extends Error {}

/** The engine of engine.js, in a worker. */
export class WorkerEngine {
  #worker;
  /** @type {(progress: Progress) => void} */
  #onProgress = () => {};
  /** The call that the worker is at. @type {PromiseWithResolvers<any> | undefined} */
  #current;
  /** Settles when the worker has answered every call so far. @type {Promise<unknown>} */
  #idle = Promise.resolve();
  /** Why there will be no more answers. @type {ExemplarError | undefined} */
  #ended;
  /** @type {IndexInfo} */
  info = /** @type {any} */ (undefined);

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
  static async load(url, { normalize, onProgress, signal } = {}) {
    const worker = makeWorker();
    const engine = new WorkerEngine(worker);
    if (onProgress) engine.#onProgress = onProgress;
    // Asked at once, and not when the worker has started: the page's thread may be busy just then.
    const loaded = engine.#ask({ call: 'load', args: [url, { normalize }] }, signal);
    loaded.catch(() => {});
    try {
      await started(worker, signal);
      engine.info = await loaded;
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
   * @param {AbortSignal} [signal]
   * @returns {Promise<Awaited<CallResult<Name>>>}
   */
  call(call, args, signal) {
    return this.#ask({ call, args }, signal);
  }

  free() {
    this.#end(new ExemplarError('freed', 'this index was freed: load it again'));
  }

  /**
   * One call at a time, so that a call aborted while it waits for its turn costs the worker nothing.
   * @param {import('./worker.js').Call} message
   * @param {AbortSignal} [signal]
   */
  #ask(message, signal) {
    const answer = this.#idle.then(() => {
      signal?.throwIfAborted();
      if (this.#ended) throw this.#ended;
      this.#current = Promise.withResolvers();
      this.#worker.postMessage(message);
      return this.#current.promise;
    });
    this.#idle = answer.catch(() => {});
    return abortable(answer, signal);
  }

  /** @param {import('./worker.js').Answer} answer */
  #receive(answer) {
    if ('progress' in answer) this.#onProgress(answer.progress);
    if ('result' in answer) this.#current?.resolve(answer.result);
    if ('error' in answer) this.#current?.reject(ExemplarError.fromPlain(answer.error));
  }

  /** @param {string} reason */
  #fail(reason) {
    this.#end(new ExemplarError('internal', `the search worker failed: ${reason}`));
  }

  /** @param {ExemplarError} error */
  #end(error) {
    this.#ended ??= error;
    this.#worker.terminate();
    this.#current?.reject(this.#ended);
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

/**
 * The promise, or the signal's reason as soon as it is aborted.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
function abortable(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
