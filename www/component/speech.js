import { languagesOf } from './language.js';
import { stringsFor } from './languages.js';
import { stringsOver } from './strings.js';

/** @import { SomeStrings } from './strings.js' */

/** What a box says, in the language around it. */
export class Speech {
  strings = stringsOver();
  /** Of that language, each over those before. @type {ReturnType<typeof stringsFor>} */
  #spoken = [];
  /** What a site has otherwise. @type {SomeStrings | undefined} */
  #overrides;
  #onArrival;

  /** @param {() => void} onArrival the strings, which had to be downloaded, are others now */
  constructor(onArrival) {
    this.#onArrival = onArrival;
  }

  /**
   * @param {HTMLElement} host
   * @param {SomeStrings | undefined} overrides
   */
  speakAsAround(host, overrides) {
    this.#overrides = overrides;
    const spoken = this.#spoken = stringsFor(languagesOf(host));
    if (!(spoken instanceof Promise)) {
      this.#take(spoken);
      return;
    }
    // Rather nothing than, for a moment, English.
    this.#take([{ placeholder: '' }]);
    spoken.then((strings) => {
      if (this.#spoken !== spoken) return;
      this.#take(strings);
      this.#onArrival();
    });
  }

  /** @param {SomeStrings[]} spoken */
  #take(spoken) {
    this.strings = stringsOver(...spoken, this.#overrides);
  }
}
