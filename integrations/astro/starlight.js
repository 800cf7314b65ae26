// A plugin for Starlight: its search is this project's.

import exemplarSearch from './index.js';

/**
 * @param {Parameters<typeof exemplarSearch>[0]} [options]
 * @returns {import('@astrojs/starlight/types').StarlightPlugin}
 */
export default function starlightExemplarSearch(options) {
  return {
    name: 'exemplar-search',
    hooks: {
      'config:setup': ({ config, updateConfig, addIntegration }) => {
        updateConfig({ pagefind: false, components: { Search: 'exemplar-search/astro/Search.astro', ...config.components } });
        addIntegration(exemplarSearch(options));
      },
    },
  };
}
