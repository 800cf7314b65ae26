/** @type {{ createScriptURL(input: string): any } | undefined} */
let policy;

/**
 * An address of a script as the browser takes it: under `require-trusted-types-for 'script'` it must come from a policy.
 * Ours lets scripts of the page's own origin through, which are all that a worker may be.
 *
 * @param {string} href absolute
 * @returns {any} what Worker() and register() take
 */
export function scriptUrl(href) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  policy ??= trustedTypes?.createPolicy('exemplar-search', {
    createScriptURL(/** @type {string} */ input) {
      if (new URL(input).origin === location.origin) return input;
      throw new TypeError(`${input} is of another origin than this page`);
    },
  });
  return policy?.createScriptURL(href) ?? href;
}
