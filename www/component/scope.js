// Which articles a page searches, by their addresses: those of one part of the site, and of one version of the documents.

/**
 * @typedef {object} Scope
 * @property {string} name differs if other articles are in it
 * @property {(url: string) => boolean} has whether an article is in it, by its address
 */

/**
 * @param {import('./attributes.js').Attributes} attributes
 * @param {string} page its address
 * @returns {Scope | undefined} none where all articles are in it
 */
export function scopeOf({ scope, versions, base }, page) {
  if (!scope && !versions.length) return undefined;
  // What is of no version is searched from all, and there the current one is.
  const read = versions.map((set) => ({ set, version: versionOf(page, set) ?? set[0] }));
  return {
    name: JSON.stringify([scope, read]),
    has(url) {
      const address = URL.parse(url, base)?.href ?? '';
      return address.startsWith(scope ?? '') && read.every(({ set, version }) => [undefined, version].includes(versionOf(address, set)));
    },
  };
}

/**
 * The innermost of the folders that an address is in.
 * @param {string} address
 * @param {string[]} folders absolute addresses without a slash at the end
 */
function versionOf(address, folders) {
  const path = address.replace(/[?#].*/, '');
  return folders.filter((folder) => path === folder || path.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length)[0];
}
