// What the search of a site holds: all its pages, each with its title and address, and no text that is not the pages' own.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LANGUAGES, pagesOf } from './content.mjs';

/** Words: what counts is which they are, not how they are written. */
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * @param {string} folder the built site
 * @returns {Promise<{ problems: string[], pages: number, junk: number }>} junk: the share of passages with a word that the page's source does not have
 */
export async function checkIndex({ address, bundles = { '': '' }, ofStarter, lists = [], oneLanguage, words = '' }, folder, base) {
  const articles = (await Promise.all(Object.values(bundles).map((place) => articlesOf(join(folder, place, 'exemplar/bundle.json'), base + place)))).flat();
  const problems = [];
  const own = new Set();
  let [passages, junk] = [0, 0];
  for (const page of (await Promise.all(LANGUAGES.map(pagesOf))).flat()) {
    const url = base + address(page.lang, page.name);
    own.add(url);
    const article = articles.find((article) => article.path === url);
    if (lists.includes(page.name)) {
      if (article) problems.push(`${url} is a list`);
      continue;
    }
    if (!article) {
      problems.push(`${url} is not there`);
      continue;
    }
    if (article.title !== page.title) problems.push(`${url} is called "${article.title}", not "${page.title}"`);
    if (!oneLanguage && article.lang !== page.lang) problems.push(`${url} is in "${article.lang}", not "${page.lang}"`);
    const known = new Set(wordsOf(`${page.title} ${page.body} ${words}`));
    for (const text of article.texts) {
      const others = wordsOf(text).filter((word) => !known.has(word));
      passages += 1;
      if (!others.length) continue;
      junk += 1;
      problems.push(`${url} has words that are not its own: ${others.slice(0, 8).join(' ')}`);
    }
  }
  const others = articles.map((article) => article.path).filter((url) => !own.has(url) && !ofStarter?.test(url.slice(base.length)));
  if (others.length) problems.push(`pages that are none: ${others.join(', ')}`);
  return { problems, pages: articles.length, junk: junk / passages };
}

/**
 * Of a bundle, each with its texts and the path of its page.
 * @param {string} base the path of the bundle's site, to which addresses are relative
 */
async function articlesOf(file, base) {
  const bundle = JSON.parse(await readFile(file, 'utf8'));
  if (!bundle.parts.texts?.text) throw new Error(`${file} is not one file: the site is too large for this check`);
  const texts = JSON.parse(bundle.parts.texts.text);
  return bundle.articles.map((article, i) => ({
    ...article,
    path: decodeURI(new URL(article.url, new URL(base, 'http://site')).pathname),
    texts: texts.filter((_, passage) => (bundle.passages?.[passage]?.article ?? passage) === i),
  }));
}
