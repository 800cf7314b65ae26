// What `mdbook init` writes: each language is a book of its own, and so is its search.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pagesOf, writePages } from '../content.mjs';
import { copy, installRust, run, siteFolder } from '../tools.mjs';

const version = '0.5.4';

export const mdbook = {
  name: 'mdBook', version, by: 'examples/mdbook',
  async build() {
    await installRust('mdbook', version, ['--no-default-features']);
    const folder = await siteFolder('mdbook');
    await writePages(({ lang, name }) => join(folder, lang, 'src', `${name}.md`));
    for (const [lang, output] of [['en', 'book'], ['de', 'book/de']]) {
      const book = join(folder, lang);
      await run('mdbook', ['init', '--title', 'Lantern', '--ignore', 'none', '--force', lang], { cwd: folder });
      await rm(join(book, 'src/chapter_1.md'), { force: true });
      const pages = await pagesOf(lang);
      await writeFile(join(book, 'src/SUMMARY.md'), `# Summary\n\n${pages.map(({ title, name }) => `- [${title}](${name}.md)`).join('\n')}\n`);
      await copy('examples/mdbook', book, ['theme', 'book.toml']);
      await run('mdbook', ['build', lang, '--dest-dir', join(folder, output)], { cwd: folder, env: { MDBOOK_BOOK__LANGUAGE: lang } });
    }
    await run('exemplar', ['--site', 'book/de'], { cwd: folder });
    await run('exemplar', ['--site', 'book', '--exclude', 'de/**'], { cwd: folder });
    return join(folder, 'book');
  },
  bundles: { en: '', de: 'de/' },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}.html`}`,
  dark: { click: '#mdbook-theme-toggle, #mdbook-theme-navy', is: 'html.navy' },
  follow: 'nav.sidebar a[href$="certificates.html"]',
};
