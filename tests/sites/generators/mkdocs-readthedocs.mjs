// MkDocs with the theme readthedocs, which comes with it.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePages } from '../content.mjs';
import { run, siteFolder } from '../tools.mjs';
import { PYTHON } from './python.mjs';

const CONFIG = `site_name: Lantern
site_url: https://lantern.example.org/handbook/
theme:
  name: readthedocs
  highlightjs: false # it would come from another host
plugins:
  - exemplar-search
  - i18n:
      docs_structure: folder
      languages:
        - { locale: en, name: English, default: true, build: true }
        - { locale: de, name: Deutsch, build: true }
`;

export const mkdocsReadthedocs = {
  name: 'MkDocs readthedocs', version: PYTHON.mkdocs, by: 'the plugin exemplar-search',
  async build() {
    const folder = await siteFolder('mkdocs-readthedocs');
    await writeFile(join(folder, 'mkdocs.yml'), CONFIG);
    await writePages(({ lang, name }) => join(folder, 'docs', lang, `${name}.md`));
    await run('mkdocs', ['build', '--quiet'], { cwd: folder });
    return join(folder, 'site');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}/`}`,
  develop: (port) => ['mkdocs', 'serve', '--dev-addr', `127.0.0.1:${port}`],
  follow: '.wy-menu a[href$="certificates/"]',
  phone: '.wy-nav-top [data-toggle="wy-nav-top"]',
};
