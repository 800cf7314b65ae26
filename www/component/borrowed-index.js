import { borrowIndex } from './shared-index.js';

/**
 * @import { SearchIndex } from '../client/client.js'
 * @import { Progress } from '../client/types.js'
 *
 * How far each download is.
 * @typedef {Partial<Record<Progress['phase'], Progress>>} Downloads
 */

/**
 * Milliseconds of loading before the downloads are told of. Of those that are over sooner nobody could read anything, and
 * their numbers and their bar would keep the page's thread from the first hits.
 */
const UNTOLD = 300;

/** The index that a box searches: borrowed when it is needed first, and again after it failed to load. */
export class BorrowedIndex {
  #onChange;
  /** @type {ReturnType<typeof borrowIndex> | undefined} */
  #borrowed;
  #ready = false;
  #slow = false;
  /** @type {Downloads} */
  #downloads = {};

  /** @param {() => void} onChange what is told of the downloads changed */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Whether it can be searched at once. */
  get ready() {
    return this.#ready;
  }

  /** The downloads, where they are on their way and have been for so long that they are to be told of. */
  get loading() {
    return this.#borrowed && !this.#ready && this.#slow ? this.#downloads : undefined;
  }

  /**
   * Starts the downloads, if they have not started.
   *
   * @param {string} url the bundle's, absolute
   * @param {Promise<unknown>} [ready] what the downloads wait for
   * @returns {Promise<SearchIndex>}
   */
  load(url, ready) {
    if (this.#borrowed) return this.#borrowed.index;
    const borrowed = borrowIndex(url, (progress) => {
      this.#downloads = { ...this.#downloads, [progress.phase]: progress };
      if (this.loading) this.#onChange();
    }, ready);
    this.#borrowed = borrowed;
    this.#ready = false;
    this.#slow = false;
    this.#downloads = {};
    setTimeout(() => {
      if (this.#borrowed !== borrowed || this.#ready) return;
      this.#slow = true;
      this.#onChange();
    }, UNTOLD);
    borrowed.index.then(
      () => {
        if (this.#borrowed !== borrowed) return;
        const told = this.loading;
        this.#ready = true;
        if (told) this.#onChange();
      },
      () => {
        borrowed.release();
        // The next query tries again.
        if (this.#borrowed === borrowed) this.#borrowed = undefined;
      },
    );
    return borrowed.index;
  }

  /** Gives up the downloads, or the memory back. */
  giveBack() {
    this.#borrowed?.release();
    this.#borrowed = undefined;
    this.#ready = false;
  }
}
