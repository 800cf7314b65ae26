// The engine in a worker of its own, so that ranking never holds up the page. One index a worker: ending the worker
// gives all of its memory back. A call is answered at once, or, where it waits for the network, said to be waiting and
// answered later; so calls may overlap.

import { coreFiles } from './core-files.js';
import { loadEngine } from './engine.js';
import { ExemplarError } from './errors.js';

/**
 * @import { CallName } from './calls.js'
 * @import { IndexInfo, LoadOptions, Progress, SearchResult } from './types.js'
 *
 * @typedef {{ id: number, call: 'load', args: [url: string, options: Pick<LoadOptions, 'normalize' | 'background'>, files: typeof coreFiles] }
 *   | { id: number, call: CallName, args: any, updates: boolean }} Call
 * @typedef {{ abort: number }} Abort of the call with this id
 * @typedef {{ headers: [string, string][] } | { chunk: Uint8Array | undefined } | { broken: true }} Download of the bundle's JSON, which the page
 *   begins while this script is on its way: an answer's headers, its bytes, and `undefined` at their end
 * @typedef {{ alive: true }} Pulse asks for a sign of life
 * @typedef {{ ready: true }
 *   | { progress: Progress }
 *   | { id: number, waiting: true }
 *   | { id: number, update: SearchResult }
 *   | { id: number, result: any, info: IndexInfo }
 *   | { id: number, error: ReturnType<ExemplarError['toPlain']>, fatal: boolean }} Answer `fatal`: the core cannot be used after it
 */

/** @type {Awaited<ReturnType<typeof loadEngine>>} */
let engine;
/** Of the calls that wait, by their ids. @type {Map<number, AbortController>} */
const waiting = new Map();

/** @type {PromiseWithResolvers<Response>} */
const answered = Promise.withResolvers();
/** Until nobody reads them any more. @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
let bytes;

/** @param {Download} message */
function receive(message) {
  if ('headers' in message) {
    const body = new ReadableStream({ start: (controller) => void (bytes = controller), cancel: () => void (bytes = undefined) });
    answered.resolve(new Response(body, message));
  } else if ('broken' in message) bytes?.error();
  else if (message.chunk) bytes?.enqueue(message.chunk);
  else bytes?.close();
}

/**
 * @param {Call} message
 * @param {AbortSignal} signal
 */
function answer(message, signal) {
  const { id, call, args } = message;
  if (call === 'load') {
    const [url, options, files] = args;
    Object.assign(coreFiles, files);
    return loadEngine(url, { ...options, onProgress: (progress) => send({ progress }) }, answered.promise).then((loaded) => void (engine = loaded));
  }
  const onUpdate = message.updates ? (/** @type {SearchResult} */ update) => send({ id, update }) : undefined;
  return /** @type {any} */ (engine).call(call, args, { signal, onUpdate });
}

/** @param {Answer} message */
function send(message) {
  postMessage(message);
}

addEventListener('message', async (/** @type {MessageEvent<Call | Abort | Pulse | Download>} */ { data }) => {
  if ('alive' in data) {
    send({ ready: true });
    return;
  }
  if ('abort' in data) {
    waiting.get(data.abort)?.abort();
    return;
  }
  if (!('id' in data)) {
    receive(data);
    return;
  }
  const { id } = data;
  const controller = new AbortController();
  try {
    const result = answer(data, controller.signal);
    if (result instanceof Promise) {
      waiting.set(id, controller);
      send({ id, waiting: true });
    }
    send({ id, result: await result, info: engine.info });
  } catch (error) {
    const known = ExemplarError.from(error);
    send({ id, error: known.toPlain(), fatal: known.cause instanceof WebAssembly.RuntimeError });
  } finally {
    waiting.delete(id);
  }
});

send({ ready: true });
