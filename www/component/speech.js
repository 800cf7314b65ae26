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
  /** The language around the box. */
  #around = '';

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
    const around = languagesOf(host);
    this.#around = around[0] ?? '';
    const spoken = this.#spoken = stringsFor(around);
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
    const strings = stringsOver(...spoken, this.#overrides);
    this.strings = { ...strings, language: withRegion(strings.language, this.#around) };
  }
}

/**
 * Dates and numbers as they are written where the page is: the strings of `en` stand on a page in `en-GB` too.
 * @param {string} language of the strings
 * @param {string} around
 */
function withRegion(language, around) {
  const tags = [...(around.toLowerCase().startsWith(`${language.toLowerCase()}-`) ? [around] : []), language];
  // A site's text is not always a language tag.
  return tags.find(isTag) ?? 'en';
}

/** @param {string} tag */
function isTag(tag) {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
