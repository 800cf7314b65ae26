/** Every code; {@link ExemplarError} says what each means. */
export const errorCodes = /** @type {const} */ ([
  'network', 'cors', 'unauthorized', 'rate-limited', 'timeout', 'http', 'bad-response',
  'query-dimensions', 'other-model', 'not-finite', 'zero-vector',
  'bundle-json', 'bundle-format', 'bundle-version', 'bundle-field', 'duplicate-id', 'shard', 'other-build',
  'unknown-article', 'method-needs', 'too-many-dimensions', 'no-method', 'option', 'no-encoder', 'encoder', 'freed', 'no-wasm', 'internal',
]);

/** @import { ErrorCode } from './types.js' */

/**
 * An error of this client. `code` stays the same from release to release; `message` is in English and names the place and the way
 * out.
 *
 * | code | meaning |
 * |---|---|
 * | `network` | no answer: offline, a wrong address, a server that is down, a content blocker or a Content-Security-Policy |
 * | `cors` | the server answers, but does not allow this page's origin to read it |
 * | `unauthorized` | 401 or 403; `status` |
 * | `rate-limited` | 429; `retryAfter` if the server gives it and CORS allows reading it |
 * | `timeout` | no complete answer within the time given |
 * | `http` | any other status that is not 2xx, or a redirect of an embedding request; `status` |
 * | `bad-response` | the answer is not what the address should give |
 * | `query-dimensions` | the query's embedding has another length than the bundle's vectors |
 * | `other-model` | the API answers with another model than the bundle's |
 * | `not-finite`, `zero-vector` | the query's embedding, or a vector of the bundle, cannot be compared |
 * | `bundle-json`, `bundle-format`, `bundle-version`, `bundle-field`, `duplicate-id` | the bundle cannot be used |
 * | `shard` | a shard of the bundle is missing, damaged, or no shard |
 * | `other-build` | a shard is of another build than the manifest: load again |
 * | `unknown-article` | no article has this id |
 * | `method-needs` | the method needs the query's text or embedding, or keywords in the bundle |
 * | `too-many-dimensions` | `whitened` would take minutes for so many passages and dimensions; `exemplar convert` adds the part `whitening` that it needs |
 * | `no-method` | from the search box: the bundle has neither keywords nor a query encoder, and no embedding API is named |
 * | `no-encoder`, `encoder` | the bundle has no query encoder; it is damaged or of another embedding space |
 * | `option` | an option is unknown, of another type or out of range |
 * | `freed` | the index was used after `free()` |
 * | `no-wasm` | neither WebAssembly nor its stand-in in JavaScript runs here |
 * | `internal` | a fault in this client or its worker: please report it |
 *
 * An abort is not an ExemplarError: as with fetch(), the promise rejects with the signal's reason, by default a DOMException named
 * `AbortError`.
 */
export class ExemplarError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {{ status?: number, retryAfter?: number, cause?: unknown }} [details]
   */
  constructor(code, message, { status, retryAfter, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ExemplarError';
    this.code = code;
    /** The HTTP status, if there was an answer. */
    this.status = status;
    /** Seconds to wait before the next try, if the server says so. */
    this.retryAfter = retryAfter;
  }

  /**
   * Modules that are loaded late bring a class of their own.
   * @param {any} value
   */
  static [Symbol.hasInstance](value) {
    return value instanceof Error && value.name === 'ExemplarError';
  }

  /**
   * An error of any kind as an ExemplarError. The core's errors have codes; everything else becomes `internal`.
   * @param {any} error
   */
  static from(error) {
    if (error instanceof ExemplarError) return error;
    const message = String(error?.message ?? error);
    return new ExemplarError(errorCodes.includes(error?.code) ? error.code : 'internal', message, { cause: error });
  }

  /** What postMessage can carry: structured cloning keeps an Error's message, but neither its class nor its code. */
  toPlain() {
    return { code: this.code, message: this.message, status: this.status, retryAfter: this.retryAfter };
  }

  /** @param {{ code: ErrorCode, message: string, status?: number, retryAfter?: number }} plain */
  static fromPlain({ code, message, ...details }) {
    return new ExemplarError(code, message, details);
  }
}

/** What becomes of calls after `free()`. */
export function freed() {
  return new ExemplarError('freed', 'this index was freed: load it again');
}

/**
 * What the core throws, as an {@link ExemplarError}.
 * @template T
 * @param {() => T} run
 * @returns {T}
 */
export function rethrown(run) {
  try {
    return run();
  } catch (error) {
    throw ExemplarError.from(error);
  }
}
