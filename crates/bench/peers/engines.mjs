// The searches that a site's owner could take instead, each with its defaults and with what its documentation says of the pages'
// language: how it indexes pages, and how it ranks them.

import { join } from 'node:path';
import { create, insertMultiple, search } from '@orama/orama';
import { createTokenizer } from '@orama/tokenizers/japanese';
import MiniSearch from 'minisearch';
import { close, createIndex } from 'pagefind';
import { chromium } from 'playwright-core';
import { LAUNCH } from '../../../tests/browser/launch.mjs';
import { serveFiles } from '../static-server.mjs';
import { wordsOf } from './words.mjs';

/** Hits that count, and one that may be the query's own page. */
const DEPTH = 11;

/**
 * @typedef {{ id: string, title: string, text: string }} Page
 * @typedef {(pages: Page[], queries: string[], lang: string, folder: string) => Promise<string[][]>} Engine gives the ids of each
 *   query's hits, best first; it may write into the folder
 */

/** @type {Record<string, Engine>} */
export const ENGINES = {
  async MiniSearch(pages, queries) {
    return rankWithMiniSearch(pages, queries);
  },

  // By its defaults a run of Japanese is one word. Its documentation leaves other languages to a `tokenize` of one's own.
  async 'MiniSearch, words by Intl.Segmenter'(pages, queries, lang) {
    return rankWithMiniSearch(pages, queries, { tokenize: (text) => wordsOf(text, lang) });
  },

  async Orama(pages, queries, lang) {
    // English is its default. For Japanese its documentation names this tokenizer.
    const components = lang === 'ja' ? { tokenizer: createTokenizer() } : {};
    // The id is no field of the schema: words are not looked for in it.
    const index = create({ schema: { title: 'string', text: 'string' }, components });
    await insertMultiple(index, pages);
    const rank = async (term) => (await search(index, { term, limit: DEPTH })).hits.map(({ document }) => document.id);
    return Promise.all(queries.map(rank));
  },

  async Pagefind(pages, queries, lang, folder) {
    const output = join(folder, 'pagefind');
    await indexWithPagefind(pages, lang, output);
    const { address, close: closeServer } = await serveFiles({ '/pagefind/': output }, { page: `<!doctype html><html lang="${lang}">` });
    const browser = await chromium.launch(LAUNCH);
    try {
      const page = await browser.newPage();
      await page.goto(address);
      const found = await page.evaluate(rankWithPagefind, { queries, depth: DEPTH });
      return found.map((hits) => hits.map((url) => pages[Number(/\d+/.exec(url))].id));
    } finally {
      await browser.close();
      closeServer();
    }
  },
};

function rankWithMiniSearch(pages, queries, options) {
  const index = new MiniSearch({ fields: ['title', 'text'], ...options });
  index.addAll(pages);
  return queries.map((query) => index.search(query).slice(0, DEPTH).map(({ id }) => id));
}

async function indexWithPagefind(pages, lang, output) {
  const { index } = await createIndex();
  for (const [place, { title, text }] of pages.entries()) {
    const content = `<!doctype html><html lang="${lang}"><title>${escaped(title)}</title><main><h1>${escaped(title)}</h1>`
      + `${text.split('\n').map((line) => `<p>${escaped(line)}</p>`).join('')}</main></html>`;
    const { errors } = await index.addHTMLFile({ url: `/${place}.html`, content });
    if (errors.length) throw new Error(`Pagefind: ${errors.join('; ')}`);
  }
  await index.writeFiles({ outputPath: output });
  await close();
}

/** Runs in the page. */
async function rankWithPagefind({ queries, depth }) {
  const pagefind = await import('/pagefind/pagefind.js');
  const ranked = [];
  for (const query of queries) {
    const { results } = await pagefind.search(query);
    const hits = await Promise.all(results.slice(0, depth).map((result) => result.data()));
    ranked.push(hits.map(({ url }) => url));
  }
  return ranked;
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
