// The pages of each site: content/LANGUAGE/PAGE.md, and what readers look for in them.

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CONTENT = join(import.meta.dirname, 'content');

/** @typedef {{ lang: string, name: string, title: string, body: string }} Page its Markdown, without the title's heading */

export const LANGUAGES = ['en', 'de'];

/** By language. @returns {Promise<Page[]>} */
export async function pagesOf(lang) {
  const files = (await readdir(join(CONTENT, lang))).sort();
  return Promise.all(files.map(async (file) => {
    const [heading, ...body] = (await readFile(join(CONTENT, lang, file), 'utf8')).split('\n');
    return { lang, name: file.replace('.md', ''), title: heading.replace('# ', ''), body: body.join('\n').trim() };
  }));
}

/**
 * Writes all pages.
 * @param {(page: Page) => string} place the file
 * @param {(page: Page) => string} [contents] default: Markdown with the title as its heading
 */
export async function writePages(place, contents = ({ title, body }) => `# ${title}\n\n${body}\n`) {
  for (const lang of LANGUAGES) {
    for (const page of await pagesOf(lang)) {
      await mkdir(dirname(place(page)), { recursive: true });
      await writeFile(place(page), contents(page));
    }
  }
}

/** Front matter before the Markdown, for generators that show its title. */
export function frontMatter({ title, body, lang }, fields = '') {
  return `---\ntitle: "${title}"\n${fields.replace('LANG', lang)}---\n\n${body}\n`;
}

/** What is asked on a page of the language, and the page that answers. */
export const QUERIES = [
  { lang: 'en', query: 'how do I get deleted photographs back', page: 'backups' },
  { lang: 'en', query: 'children should not see bank papers', page: 'accounts' },
  { lang: 'en', query: 'the browser says the site is not secure', page: 'certificates' },
  { lang: 'en', query: 'why is it so slow', page: 'performance' },
  { lang: 'en', query: 'get an email when the disk is full', page: 'notifications' },
  { lang: 'de', query: 'neue Version installieren', page: 'upgrades' },
  { lang: 'de', query: 'Hochzeitsgästen Bilder zeigen', page: 'sharing' },
  { lang: 'de', query: 'beide Seiten scannen', page: 'scanning' },
  { lang: 'de', query: 'gelöschte Fotos zurückholen', page: 'backups' },
  { lang: 'de', query: 'was brauche ich für die Installation', page: 'installation' },
];
