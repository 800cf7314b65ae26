// The benchmark in a worker of its own, with the bundle loaded once more: the page stays usable, and ending the worker ends it.

import { measure } from './benchmark-run.js';

addEventListener('message', async (/** @type {MessageEvent<import('./benchmark-run.js').Order>} */ { data }) => {
  try {
    for await (const state of measure(data)) postMessage({ state });
    postMessage({ done: true });
  } catch (error) {
    postMessage({ error: /** @type {Error} */ (error).message });
  }
});

postMessage({ ready: true });
