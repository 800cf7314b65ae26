// What the integrations for Node share: they run the command on the built pages. Its options are in exemplar.toml, as ever.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../bin/exemplar.js', import.meta.url));

/**
 * Builds the search of a site into its folder `exemplar`.
 *
 * @param {string} folder the built pages
 * @param {string} base the path of the site's root on its host, such as `/docs/`
 * @param {string[]} [options] further options of `exemplar build`
 */
export async function buildSearch(folder, base, options = []) {
  const command = spawn(process.execPath, [LAUNCHER, 'build', '--site', folder, '--base-url', base, ...options], { stdio: 'inherit' });
  const [code] = await once(command, 'exit');
  if (code !== 0) throw new Error(`exemplar-search: the search of ${folder} was not built (the command above ended with ${code})`);
}

/** @param {string} path of a folder, with or without slashes at its ends */
export function withSlashes(path) {
  return `/${path}/`.replace(/\/{2,}/g, '/');
}

/**
 * What the search box of a page needs to know. Attributes of the site's own come last.
 *
 * @param {string} base the path of the site's root, with slashes at both ends
 * @param {Record<string, string>} [attributes] see docs/component.md
 */
export function boxAttributes(base, attributes) {
  return { mode: 'button', languages: 'page', bundle: `${base}exemplar/bundle.json`, base, ...attributes };
}

/** @param {string} base */
export function boxScript(base) {
  return `${base}exemplar/component/exemplar-search.js`;
}
