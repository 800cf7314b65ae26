import { ExemplarError } from './errors.js';
import { request } from './request.js';

/** @import { Embedder, EmbeddingSpace } from './types.js' */

/**
 * An embedder that asks an OpenAI-compatible API.
 *
 * It keeps the key only in memory and sends it only to `endpoint`, in the Authorization header; it does not follow redirects. Any key
 * that reaches a browser can be read there: use the reader's own, or put a site's key on a server, such as `exemplar serve`.
 *
 * @param {object} options
 * @param {string | URL} options.endpoint the address to POST to (`.../v1/embeddings`), absolute or relative to the page
 * @param {string} options.model the model's name, sent as `model`
 * @param {string} [options.apiKey] default none
 * @param {string} [options.inputType] sent as `input_type`; default none
 * @param {string} [options.prefix] put before the text; default empty
 * @param {number} [options.dimensions] sent as `dimensions`, for models that can shorten their vectors; default none
 * @param {Record<string, unknown>} [options.fields] further fields of the request; default none
 * @param {number} [options.truncateTo] how many values of a longer vector to keep, for models trained for that (Matryoshka);
 *   default all
 * @param {number} [options.timeout] milliseconds for the whole answer; default 30,000
 * @returns {Embedder} rejects with an ExemplarError: `network`, `cors`, `unauthorized`, `rate-limited`, `timeout`,
 *   `http`, `bad-response`, `option`
 * @throws {ExemplarError} `option`
 */
export function openaiEmbedder({ endpoint, model, apiKey, inputType, prefix = '', dimensions, fields, truncateTo, timeout = 30_000 }) {
  const url = checkedEndpoint(endpoint);
  if (typeof model !== 'string' || model === '') {
    throw new ExemplarError('option', `option model is ${JSON.stringify(model)}: expected the model's name`);
  }
  if (!(timeout > 0)) {
    throw new ExemplarError('option', `option timeout is ${timeout}: expected milliseconds above 0`);
  }
  const headers = new Headers({ 'content-type': 'application/json' });
  if (apiKey) setKey(headers, apiKey);

  return async function embed(text, { signal } = {}) {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(timeout);
    try {
      const response = await request(url, {
        method: 'POST',
        headers,
        // A lone surrogate is no text that an API could read.
        body: JSON.stringify({ ...fields, model, input: prefix + text.toWellFormed(), input_type: inputType, dimensions }),
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      return embeddingIn(await response.text(), url).subarray(0, truncateTo);
    } catch (error) {
      signal?.throwIfAborted();
      if (!limit.aborted) throw error;
      throw new ExemplarError('timeout', `${url} gave no answer within ${timeout / 1000} s`, { cause: error });
    }
  };
}

/**
 * The recipe of a bundle's queries, as options for {@link openaiEmbedder}.
 * @param {EmbeddingSpace} space a bundle's, such as `index.space`
 */
export function queryRecipe({ model, dimensions, truncated, query }) {
  return {
    model: query?.model ?? model,
    inputType: query?.input_type,
    prefix: query?.prefix,
    fields: query?.fields,
    truncateTo: truncated ? dimensions : undefined,
  };
}

/**
 * An http(s) address, absolute.
 * @param {string | URL} endpoint absolute or relative to the page
 * @param {string} [option] its name, for errors
 */
export function checkedEndpoint(endpoint, option = 'endpoint') {
  const url = URL.parse(endpoint, document.baseURI);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ExemplarError('option', `option ${option} is ${JSON.stringify(endpoint)}: expected an http(s) address`);
  }
  if (url.username || url.password) {
    throw new ExemplarError('option', `option ${option} has a user name or password: these do not belong into an address`);
  }
  return url.href;
}

/**
 * @param {Headers} headers
 * @param {string} key
 */
function setKey(headers, key) {
  try {
    headers.set('authorization', `Bearer ${key}`);
  } catch {
    // The browser's own message would quote the key.
    throw new ExemplarError('option', 'option apiKey has characters that no HTTP header can carry');
  }
}

/**
 * `{ data: [{ embedding: [numbers] }] }`
 * @param {string} body
 * @param {string} url
 */
function embeddingIn(body, url) {
  const values = parsed(body, url)?.data?.[0]?.embedding;
  if (!Array.isArray(values) || !values.length || !values.every(Number.isFinite)) {
    throw new ExemplarError('bad-response', `${url}: expected data[0].embedding to be an array of numbers`);
  }
  return Float32Array.from(values);
}

/**
 * @param {string} body
 * @param {string} url
 */
function parsed(body, url) {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ExemplarError('bad-response', `${url} gave no JSON: is it the address of an embedding API?`, { cause });
  }
}
