/**
 * @typedef {'idle' | 'loading' | 'searching' | 'results' | 'none' | 'degraded' | 'failed'} SearchState
 */

/** Tells the page of a box's states, as events and in CSS. */
export class Reporter {
  #host;
  #states;
  /** What the page was told last. */
  #told = '';

  /**
   * @param {HTMLElement} host the box
   * @param {CustomStateSet} states what CSS sees of it
   */
  constructor(host, states) {
    this.#host = host;
    this.#states = states;
  }

  /**
   * Once for each state.
   * @param {import('./session.js').State} session
   */
  tell(session) {
    const { text, hits, pending, closeness, problem } = session;
    const state = stateOf(session);
    const now = `${state} ${pending} ${text} ${hits.map(({ article }) => article.id)}`;
    if (now === this.#told) return;
    this.#told = now;
    this.#states.clear();
    this.#states.add(state);
    if (state === 'failed' || (state === 'degraded' && !pending)) this.emit('exemplar-error', { query: text, error: problem });
    if (!pending && ['results', 'none', 'degraded'].includes(state)) this.emit('exemplar-results', { query: text, hits, state, closeness });
  }

  /**
   * @param {string} type
   * @param {object} [detail]
   * @returns {boolean} false where a listener cancelled it
   */
  emit(type, detail) {
    return this.#host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}

/**
 * @param {import('./session.js').State} session
 * @returns {SearchState}
 */
export function stateOf({ phase, problem }) {
  return problem && phase !== 'failed' ? 'degraded' : phase;
}
