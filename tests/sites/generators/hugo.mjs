// What `hugo new site` and `hugo new theme` write.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frontMatter, writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';

const CONFIG = `baseURL = "https://lantern.example.org/handbook/"
title = "Lantern"
theme = "starter"
defaultContentLanguage = "en"
[languages.en]
contentDir = "content/en"
[languages.de]
contentDir = "content/de"
`;

export const hugo = {
  name: 'Hugo', version: '0.168.0', by: 'examples/hugo',
  async build() {
    const folder = await siteFolder('hugo');
    await run('hugo', ['new', 'site', '.', '--force'], { cwd: folder });
    await run('hugo', ['new', 'theme', 'starter'], { cwd: folder });
    await writeFile(join(folder, 'hugo.toml'), CONFIG);
    await copy('examples/hugo', folder, ['layouts']);
    const header = join(folder, 'themes/starter/layouts/_partials/header.html');
    await writeFile(header, `${await readFile(header, 'utf8')}{{ partial "search.html" . }}\n`);
    await writePages(({ lang, name }) => join(folder, 'content', lang, `${name === 'index' ? '_index' : `docs/${name}`}.md`), (page) => frontMatter(page));
    await run('hugo', ['--quiet'], { cwd: folder });
    await run('exemplar', ['--site', 'public'], { cwd: folder });
    return join(folder, 'public');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `docs/${name}/`}`,
};
