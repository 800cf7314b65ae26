// The engine in a worker of its own, so that ranking never holds up the page. One index a worker: ending the worker
// gives all of its memory back. The client sends one call at a time and waits for its answer.

import { Engine } from './engine.js';
import { ExemplarError } from './errors.js';

/**
 * @typedef {{ call: 'load', args: [url: string, options: { normalize?: boolean }] }
 *   | { call: 'search', args: Parameters<Engine['search']> }
 *   | { call: 'refine', args: Parameters<Engine['refine']> }
 *   | { call: 'verify', args: Parameters<Engine['verify']> }
 *   | { call: 'encode', args: Parameters<Engine['encode']> }
 *   | { call: 'article', args: Parameters<Engine['article']> }
 *   | { call: 'map', args: Parameters<Engine['map']> }
 *   | { call: 'passages', args: Parameters<Engine['passages']> }} Call
 * @typedef {{ ready: true }
 *   | { progress: import('./engine.js').Progress }
 *   | { result: any }
 *   | { error: ReturnType<ExemplarError['toPlain']> }} Answer
 */

/** @type {Engine} */
let engine;

/** @param {Call} message */
async function answer({ call, args }) {
  if (call !== 'load') return /** @type {any} */ (engine)[call](...args);
  engine = await Engine.load(args[0], { ...args[1], onProgress: (progress) => send({ progress }) });
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
