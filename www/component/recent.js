/** How many queries are kept. */
const KEPT = 8;

/** The reader's latest queries, in this browser only. Where storage is denied there are none, and nothing breaks. */
export class RecentQueries {
  #key;

  /** @param {string} bundle its address: each site has its own */
  constructor(bundle) {
    this.#key = `exemplar-search:recent:${bundle}`;
  }

  /** @returns {string[]} newest first */
  all() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key) ?? '[]');
      return Array.isArray(kept) ? kept.filter((query) => typeof query === 'string') : [];
    } catch {
      return [];
    }
  }

  /** @param {string} query */
  add(query) {
    const queries = [query, ...this.all().filter((other) => other !== query)].slice(0, KEPT);
    try {
      localStorage.setItem(this.#key, JSON.stringify(queries));
    } catch {
      // Denied or full.
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // Denied: then nothing was kept either.
    }
  }
}
