/** Where the modules of this client on a page share one policy: a page may forbid a second one of the name. */
const POLICY = Symbol.for('exemplar-search policy');

/**
 * An address of a script as the browser takes it: under `require-trusted-types-for 'script'` it must come from a policy.
 * Ours lets scripts of the page's own origin through, which are all that a worker may be.
 *
 * @param {string} href absolute
 * @returns {any} what Worker() and register() take
 */
export function scriptUrl(href) {
  const page = /** @type {any} */ (globalThis);
  page[POLICY] ??= page.trustedTypes?.createPolicy('exemplar-search', {
    createScriptURL(/** @type {string} */ input) {
      if (new URL(input).origin === location.origin) return input;
      throw new TypeError(`${input} is of another origin than this page`);
    },
  });
  return page[POLICY]?.createScriptURL(href) ?? href;
}
