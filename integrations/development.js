// In a development server there is no build to search: it gets the search of the last build, or a box that says so.

import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A search box that says that there is no search yet. */
export const BEFORE_BUILD = fileURLToPath(new URL('before-build', import.meta.url));

/** @type {Record<string, string>} */
const TYPES = { '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

/**
 * A plugin for Vite, which serves them.
 *
 * @param {() => { base: string, built: string }} site the path of the site's root, with slashes at both ends, and the folder of
 *   the last build
 * @returns {import('vite').Plugin}
 */
export function searchInDevelopment(site) {
  return {
    name: 'exemplar-search',
    apply: 'serve',
    configureServer({ middlewares }) {
      middlewares.use(async ({ originalUrl = '' }, response, next) => {
        const { base, built } = site();
        // As it was asked for: Astro's server has taken the base off `url`.
        const path = decodeURIComponent(originalUrl.replace(/[?#].*/, ''));
        if (!path.startsWith(`${base}exemplar/`)) return next();
        const name = normalize(path.slice(`${base}exemplar/`.length));
        const folders = name.startsWith('..') ? [] : [join(built, 'exemplar'), BEFORE_BUILD];
        for (const folder of folders) {
          const bytes = await readFile(join(folder, name)).catch(() => undefined);
          if (!bytes) continue;
          response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
          return response.end(bytes);
        }
        next();
      });
    },
  };
}
