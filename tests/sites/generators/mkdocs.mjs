// MkDocs with the theme Material, its pages replaced at once (navigation.instant).

import { join } from 'node:path';
import { writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';
import { PYTHON } from './python.mjs';

export const mkdocs = {
  name: 'MkDocs Material', version: PYTHON['mkdocs-material'], by: 'the plugin exemplar-search',
  async build() {
    const folder = await siteFolder('mkdocs');
    await copy('examples/mkdocs', folder);
    await writePages(({ lang, name }) => join(folder, 'docs', lang, `${name}.md`));
    await run('mkdocs', ['build', '--quiet'], { cwd: folder });
    return join(folder, 'site');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}/`}`,
  develop: (port) => ['mkdocs', 'serve', '--dev-addr', `127.0.0.1:${port}`],
  dark: { click: 'label.md-header__button[for^="__palette"]:visible', is: 'body[data-md-color-scheme="slate"]' },
  // The theme asks for a sitemap beside each page, for the choice of languages that the plugin i18n gives it.
  console: /404 .*sitemap\.xml/,
  follow: '.md-nav--primary a[href$="certificates/"]',
};
