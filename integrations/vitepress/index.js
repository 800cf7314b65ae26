// For VitePress: builds the search after the site, and puts the box into the navigation bar.

import { fileURLToPath } from 'node:url';
import { boxAttributes, boxScript, buildSearch, withSlashes } from '../command.js';
import { searchInDevelopment } from '../development.js';

/**
 * A site's configuration with the search: `export default withSearch(defineConfig({ ... }))`.
 *
 * @template {import('vitepress').UserConfig<any>} Config
 * @param {Config} config
 * @param {{ attributes?: Record<string, string> }} [options] attributes: of the search box, see docs/component.md
 * @returns {Config}
 */
export function withSearch(config, { attributes } = {}) {
  const base = withSlashes(config.base ?? '/');
  let built = '';
  const development = searchInDevelopment(() => ({ base, built }));
  return {
    ...config,
    head: [...(config.head ?? []), ['script', { type: 'module', src: boxScript(base) }]],
    buildEnd: async (site) => {
      await config.buildEnd?.(site);
      await buildSearch(site.outDir, base);
    },
    vite: {
      ...config.vite,
      plugins: [...(config.vite?.plugins ?? []), { ...development, configResolved: (all) => (built = /** @type {any} */ (all).vitepress.outDir) }],
      define: { ...config.vite?.define, __EXEMPLAR_SEARCH__: JSON.stringify(boxAttributes(base, attributes)) },
      resolve: { ...config.vite?.resolve, alias: withNavBarSearch(config.vite?.resolve?.alias) },
      ssr: { ...config.vite?.ssr, noExternal: withPackage(config.vite?.ssr?.noExternal) },
    },
  };
}

/**
 * The default theme's own search gives its place to the box.
 * @param {import('vite').AliasOptions | undefined} alias
 */
function withNavBarSearch(alias = []) {
  const others = Array.isArray(alias) ? alias : Object.entries(alias).map(([find, replacement]) => ({ find, replacement }));
  const replacement = fileURLToPath(new URL('VPNavBarSearch.js', import.meta.url));
  return [...others, { find: /^.*\/VPNavBarSearch\.vue$/, replacement }];
}

/** @param {string | RegExp | true | (string | RegExp)[] | undefined} packages */
function withPackage(packages = []) {
  return packages === true || [packages, 'exemplar-search'].flat();
}
