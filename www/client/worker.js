// The engine in a worker of its own, so that ranking never holds up the page. One index a worker: ending the worker
// gives all of its memory back. The client sends one call at a time and waits for its answer.

import { Engine } from './engine.js';
import { ExemplarError } from './errors.js';

/**
 * @import { CallName } from './calls.js'
 * @import { LoadOptions, Progress } from './types.js'
 *
 * @typedef {{ call: 'load', args: [url: string, options: Pick<LoadOptions, 'normalize'>] } | { call: CallName, args: any }} Call
 * @typedef {{ ready: true }
 *   | { progress: Progress }
 *   | { result: any }
 *   | { error: ReturnType<ExemplarError['toPlain']> }} Answer
 */

/** @type {Engine} */
let engine;

/** @param {Call} message */
async function answer({ call, args }) {
  if (call !== 'load') return /** @type {any} */ (engine).call(call, args);
  const [url, options] = args;
  engine = await Engine.load(url, { ...options, onProgress: (progress) => send({ progress }) });
  return engine.info;
}

/** @param {Answer} message */
function send(message) {
  postMessage(message);
}

addEventListener('message', async (/** @type {MessageEvent<Call>} */ { data }) => {
  try {
    send({ result: await answer(data) });
  } catch (error) {
    send({ error: ExemplarError.from(error).toPlain() });
  }
});

send({ ready: true });
