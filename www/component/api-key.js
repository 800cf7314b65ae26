/** @param {string} api absolute */
const nameOf = (api) => `exemplar-search:key:${api}`;

/**
 * The reader's key for an embedding API: in memory, and in the tab's session storage where that was asked for. It is given
 * out for the address that it was set for, and for no other.
 */
export class ApiKey {
  /** @type {{ api: string, key: string } | undefined} */
  #held;

  /**
   * @param {string} api its address
   * @param {string | undefined} key none: forgets it
   * @param {boolean} keep whether the tab's session storage keeps it too
   */
  set(api, key, keep) {
    const address = absolute(api);
    this.#held = key === undefined ? undefined : { api: address, key };
    try {
      if (keep && key !== undefined) sessionStorage.setItem(nameOf(address), key);
      else sessionStorage.removeItem(nameOf(address));
    } catch {
      // Denied: then memory it is.
    }
  }

  /**
   * @param {string} api its address
   * @returns {string | undefined}
   */
  for(api) {
    const address = absolute(api);
    if (this.#held?.api === address) return this.#held.key;
    try {
      return sessionStorage.getItem(nameOf(address)) ?? undefined;
    } catch {
      return undefined;
    }
  }
}

/** @param {string} api */
function absolute(api) {
  return URL.parse(api, document.baseURI)?.href ?? api;
}
