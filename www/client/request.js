import { ExemplarError } from './errors.js';

/**
 * fetch() whose failures say what happened. Resolves to a response with a 2xx status; rejects with an ExemplarError
 * (`network`, `cors`, `unauthorized`, `rate-limited`, `http`), or with the signal's reason when it was aborted.
 *
 * @param {string} url absolute
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
export async function request(url, init) {
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    throw await unanswered(url, init.signal ?? undefined, error);
  }
  if (response.type === 'opaqueredirect') {
    throw new ExemplarError('http', `${url} redirects elsewhere: use the address that it redirects to`);
  }
  if (!response.ok) throw await refused(url, response);
  return response;
}

/**
 * fetch() gives one TypeError for every reason, so that pages cannot probe networks. Two facts can still be told
 * apart: whether CORS applies at all (another origin), and whether the server answers a request whose answer we may
 * not read (`no-cors`, sent without headers, body or credentials).
 *
 * @param {string} url
 * @param {AbortSignal | undefined} signal
 * @param {unknown} cause
 */
async function unanswered(url, signal, cause) {
  const { origin } = new URL(url);
  if (origin !== location.origin) {
    const probe = fetch(url, { mode: 'no-cors', credentials: 'omit', signal });
    const answers = await probe.then(() => true, () => false);
    signal?.throwIfAborted();
    if (answers) {
      const message =
        `${origin} answers, but does not allow ${location.origin} to read the answer (CORS): ` +
        'allow this origin there, or reach it through a server of this page\'s own origin';
      return new ExemplarError('cors', message, { cause });
    }
  }
  const message = `no answer from ${url}: check the address, that the server runs, and the network`;
  return new ExemplarError('network', message, { cause });
}

/**
 * @param {string} url
 * @param {Response} response
 */
async function refused(url, response) {
  const { status, statusText } = response;
  const said = await serverMessage(response);
  const message = [`${url} answered ${status} ${statusText}`.trimEnd(), said].filter(Boolean).join(': ');
  if (status === 401 || status === 403) return new ExemplarError('unauthorized', message, { status });
  if (status === 429) {
    return new ExemplarError('rate-limited', message, { status, retryAfter: secondsToWait(response) });
  }
  return new ExemplarError('http', message, { status });
}

/**
 * The message in an OpenAI-style error body, `{ error: { message } }`; other bodies are for people's logs, not ours.
 * @param {Response} response
 */
async function serverMessage(response) {
  const body = await response.json().catch(() => undefined);
  const message = body?.error?.message;
  return typeof message === 'string' ? message.slice(0, 300) : '';
}

/**
 * `Retry-After`: seconds, or a date.
 * @param {Response} response
 */
function secondsToWait(response) {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
