/**
 * @import { Hit, Ranges } from '../client/types.js'
 */

/** Which words of a query are worth a mark: "the" is marked in "the lock", where "lock" is, and not by itself. */
export class FunctionWords {
  #words;

  /** @param {string} words of a language, with spaces between them */
  constructor(words) {
    this.#words = new Set(words.split(' '));
  }

  /**
   * A hit without the marks of function words that stand alone.
   * @param {Hit} hit
   * @param {string} query one of nothing but function words asks for these
   * @returns {Hit}
   */
  unmark(hit, query) {
    const { article, text = '', highlights } = hit;
    const asked = query.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
    if (!highlights || asked.every((word) => this.#words.has(word))) return hit;
    const title = this.#ranges(article.title, highlights.title);
    const excerpt = this.#ranges(article.excerpt ?? '', highlights.excerpt);
    return { ...hit, highlights: { title, excerpt, text: this.#ranges(text, highlights.text) } };
  }

  /**
   * @param {string} text
   * @param {Ranges} ranges
   */
  #ranges(text, ranges) {
    /** Those with nothing but space between them. @type {Ranges[]} */
    const groups = [];
    let end = NaN;
    for (const range of ranges) {
      const group = text.slice(end, range[0]).trim() ? undefined : groups.at(-1);
      if (group) group.push(range);
      else groups.push([range]);
      end = range[1];
    }
    return groups.filter((group) => group.some((range) => !this.#words.has(text.slice(...range).toLowerCase()))).flat();
  }
}
