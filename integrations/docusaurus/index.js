// A theme for Docusaurus: builds the search after the site, and is the search bar of the theme. Each language is a site of its own, as
// Docusaurus builds it, and so is its search.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boxAttributes, boxScript, buildSearch } from '../command.js';
import { BEFORE_BUILD } from '../development.js';

/**
 * @param {import('@docusaurus/types').LoadContext} context
 * @param {{ attributes?: Record<string, string> }} options attributes: of the search box, see docs/component.md
 * @returns {import('@docusaurus/types').Plugin}
 */
export default function exemplarSearch({ baseUrl, outDir, i18n }, { attributes }) {
  return {
    name: 'exemplar-search',
    getThemePath: () => fileURLToPath(new URL('theme', import.meta.url)),
    contentLoaded: async ({ actions }) => actions.setGlobalData(boxAttributes(baseUrl, attributes)),
    injectHtmlTags: () => ({ headTags: [{ tagName: 'script', attributes: { type: 'module', src: boxScript(baseUrl) } }] }),
    configureWebpack: () => /** @type {any} */ ({ devServer: { static: [join(outDir, 'exemplar'), BEFORE_BUILD].map(servedAt(`${baseUrl}exemplar/`)) } }),
    postBuild: ({ plugins }) => buildSearch(outDir, baseUrl, [...otherLanguages(i18n), ...versionFolders(plugins, baseUrl)]),
  };
}

/** @param {string} publicPath */
function servedAt(publicPath) {
  return (/** @type {string} */ directory) => ({ publicPath, directory, watch: false });
}

/**
 * Sites in other languages are below that of the default language. They are searched on their own.
 * @param {import('@docusaurus/types').I18n} i18n
 */
function otherLanguages({ currentLocale, defaultLocale, locales }) {
  return currentLocale === defaultLocale ? locales.filter((locale) => locale !== defaultLocale).flatMap((locale) => ['--exclude', `${locale}/**`]) : [];
}

/**
 * The folders of the documents' versions, where there are several. The search box knows the same of them, see theme/SearchBar.
 * @param {import('@docusaurus/types').LoadedPlugin[]} plugins
 * @param {string} baseUrl
 */
function versionFolders(plugins, baseUrl) {
  const docs = plugins.filter(({ name }) => name === 'docusaurus-plugin-content-docs');
  const sets = docs.map(({ content }) => /** @type {any} */ (content).loadedVersions).filter((versions) => versions.length > 1);
  return sets.flat().flatMap(({ path }) => ['--versions', `./${path.slice(baseUrl.length)}`]);
}
