// The searches that are compared: how each indexes a folder of HTML, what a page says to have it, and how a page sees its hits.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = (command, options) => promisify(execFile)(command, options, { maxBuffer: 1e9 });

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {(site: import('./sites.mjs').Site, folder: string) => Promise<void>} build writes what a site ships into the folder
 * @property {string} head of the page, where what is shipped is below `/search/`
 * @property {string} body
 * @property {string} script run in the page when it begins: gives `{ type(text), words(), meaning(), final() }`, of which the last
 *   three say whether any hits, hits by meaning, and the last hits of the query are on the screen
 */

/** Pagefind with its default user interface, as its guide says. @type {Engine} */
export const pagefind = {
  name: 'Pagefind',
  async build({ folder: site }, folder) {
    await run('node_modules/.bin/pagefind', ['--site', site, '--output-path', folder, '--quiet']);
  },
  head: '<link href="/search/pagefind-ui.css" rel="stylesheet"><script src="/search/pagefind-ui.js"></script>',
  body: '<div id="search"></div><script>addEventListener("DOMContentLoaded", () => new PagefindUI({ element: "#search" }))</script>',
  script: `async () => {
    const field = () => document.querySelector('.pagefind-ui__search-input');
    while (!field()) await new Promise((resolve) => setTimeout(resolve, 5));
    let asked;
    // Hits of the query before stay until the next are there, which the message above them tells.
    const shown = () => document.querySelector('.pagefind-ui__message')?.textContent.includes(asked)
      && !!document.querySelector('.pagefind-ui__result-link');
    return {
      type(text) {
        asked = text;
        field().value = text;
        field().dispatchEvent(new Event('input', { bubbles: true }));
      },
      words: shown,
      meaning: () => false,
      final: shown,
    };
  }`,
};

/** This project's box. @param {string} name @param {string} layout of the bundle @returns {Engine} */
const box = (name, layout) => ({
  name,
  async build(site, folder) {
    await rm(folder, { recursive: true, force: true });
    await cp(join(process.env.DIST, 'exemplar'), folder, { recursive: true });
    const bundle = `${site.folder}.json`;
    if (!existsSync(bundle)) await run(process.env.EXEMPLAR_BIN, ['build', '--site', site.folder, ...site.options, '-o', bundle]);
    await run(process.env.EXEMPLAR_BIN, ['convert', bundle, '--layout', layout, '-o', join(folder, 'bundle.json')]);
  },
  head: '<script type="module" src="/search/component/exemplar-search.js"></script>',
  body: '<exemplar-search bundle="/search/bundle.json"></exemplar-search>',
  script: `async () => {
    await customElements.whenDefined('exemplar-search');
    const box = document.querySelector('exemplar-search');
    let hits;
    box.addEventListener('exemplar-results', ({ detail }) => { hits = detail.hits; });
    const shown = () => !!box.shadowRoot.querySelector('.hit');
    box.show();
    return {
      type(text) {
        hits = undefined;
        box.value = text;
      },
      words: shown,
      meaning: () => !!hits?.some(({ scores }) => scores.whitened !== undefined || scores.knn !== undefined),
      final: () => hits !== undefined,
    };
  }`,
});

export const whole = box('exemplar, one file', 'inline');
export const shards = box('exemplar, shards', 'shards');

/** The bytes and the number of the files in a folder. @param {string} folder */
export async function shipped(folder) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
