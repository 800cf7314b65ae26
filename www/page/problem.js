import { ExemplarError } from '../client/exemplar-search.js';
import { byId, within } from './dom.js';
import { SiteError } from './site.js';
import { messageFor } from './strings.js';

/** Failures that another address, model or key may cure. */
const CURED_BY_SETTINGS = ['network', 'cors', 'unauthorized', 'timeout', 'http', 'bad-response', 'query-dimensions', 'other-model', 'option'];

/** The panel that says what went wrong, what to do about it, and offers another try. */
export class Problem {
  #panel = byId('problem', HTMLElement);
  #title = within(this.#panel, 'h2', HTMLElement);
  #advice = within(this.#panel, '.advice', HTMLElement);
  #detail = within(this.#panel, '.detail', HTMLElement);
  #settings = byId('problem-settings', HTMLButtonElement);
  #strings;

  /**
   * @param {import('./strings.js').Strings} strings
   * @param {{ onRetry: () => void, onSettings: () => void }} actions
   */
  constructor(strings, { onRetry, onSettings }) {
    this.#strings = strings;
    byId('retry', HTMLButtonElement).addEventListener('click', onRetry);
    this.#settings.addEventListener('click', onSettings);
  }

  /**
   * @param {unknown} cause
   * @param {boolean} loaded whether the site had been loaded, so that only the embedding API can have been asked
   */
  show(cause, loaded) {
    const error = cause instanceof SiteError ? cause : ExemplarError.from(cause);
    const { title, advice } = messageFor(this.#strings, error, loaded);
    const retryAfter = error instanceof ExemplarError ? error.retryAfter : undefined;
    const wait = retryAfter === undefined ? '' : this.#strings.retryIn(String(retryAfter));
    this.#panel.dataset.code = error.code;
    this.#title.textContent = title ?? '';
    this.#advice.textContent = [advice, wait].filter(Boolean).join(' ');
    this.#detail.textContent = error.message;
    this.#settings.hidden = !(loaded && CURED_BY_SETTINGS.includes(error.code));
    this.#panel.hidden = false;
  }

  hide() {
    this.#panel.hidden = true;
  }
}
