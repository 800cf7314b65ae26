// An integration for Astro: builds the search after the site. The box is Search.astro.

import { fileURLToPath } from 'node:url';
import { boxAttributes, boxScript, buildSearch, withSlashes } from '../command.js';
import { searchInDevelopment } from '../development.js';

/**
 * @param {{ attributes?: Record<string, string> }} [options] attributes: of the search box, see docs/component.md
 * @returns {import('astro').AstroIntegration}
 */
export default function exemplarSearch({ attributes } = {}) {
  let base = '/';
  let built = '';
  return {
    name: 'exemplar-search',
    hooks: {
      'astro:config:setup': ({ config, updateConfig }) => {
        base = withSlashes(config.base);
        built = fileURLToPath(config.outDir);
        const box = JSON.stringify({ script: boxScript(base), attributes: boxAttributes(base, attributes) });
        updateConfig({
          vite: {
            plugins: [searchInDevelopment(() => ({ base, built })), virtualModule('virtual:exemplar-search', `export default ${box}`)],
            // The component is compiled with the site.
            ssr: { noExternal: ['exemplar-search'] },
          },
        });
      },
      'astro:build:done': ({ dir }) => buildSearch(fileURLToPath(dir), base),
    },
  };
}

/**
 * @param {string} id
 * @param {string} code
 * @returns {import('vite').Plugin}
 */
function virtualModule(id, code) {
  return {
    name: id,
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) => (source === `\0${id}` ? code : undefined),
  };
}
