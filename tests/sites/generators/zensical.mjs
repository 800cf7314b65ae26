// What `zensical new` writes.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';
import { PYTHON } from './python.mjs';

export const zensical = {
  name: 'Zensical', version: PYTHON.zensical, by: 'examples/zensical',
  async build() {
    const folder = await siteFolder('zensical');
    await run('zensical', ['new', '.'], { cwd: folder });
    const config = await readFile(join(folder, 'zensical.toml'), 'utf8');
    await writeFile(join(folder, 'zensical.toml'), config.replace(/^#site_url = .*$/m, 'site_url = "https://lantern.example.org/handbook/"')
      .replace(/^\[project\.theme\]$/m, '[project.theme]\ncustom_dir = "overrides"'));
    await copy('examples/zensical', folder);
    await writePages(({ lang, name }) => join(folder, 'docs', lang === 'de' ? 'de' : '.', `${name}.md`));
    await run('zensical', ['build'], { cwd: folder });
    await run('exemplar', ['--site', 'site'], { cwd: folder });
    return join(folder, 'site');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}/`}`,
  oneLanguage: true,
  ofStarter: /^markdown\/$/,
  dark: { click: 'label.md-header__button[for^="__palette"]:visible', is: 'body[data-md-color-scheme="slate"]' },
  follow: '.md-nav--primary a[href$="certificates/"]',
};
