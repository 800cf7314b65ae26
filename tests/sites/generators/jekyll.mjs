// What `jekyll new` writes, with its theme minima, as Debian packs both.

import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frontMatter, writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';

export const jekyll = {
  name: 'Jekyll', version: '4.3.1', by: 'examples/jekyll',
  async build() {
    const folder = await siteFolder('jekyll');
    await run('jekyll', ['new', '.', '--force', '--skip-bundle'], { cwd: folder });
    await rm(join(folder, 'Gemfile'));
    await appendFile(join(folder, '_config.yml'), '\nbaseurl: /handbook\nurl: https://lantern.example.org\ntheme: minima\nplugins: []\n');
    await copy('examples/jekyll', folder);
    const theme = (await run('ruby', ['-e', 'puts Gem::Specification.find_by_name("minima").gem_dir'])).trim();
    await cp(join(theme, '_includes/header.html'), join(folder, '_includes/header.html'));
    const header = join(folder, '_includes/header.html');
    await writeFile(header, (await readFile(header, 'utf8')).replace('<div class="wrapper">', '<div class="wrapper">{% include search.html %}'));
    await writePages(({ lang, name }) => join(folder, lang === 'de' ? 'de' : '.', 'docs', `${name}.md`), (page) => frontMatter(page, 'layout: page\nlang: LANG\n'));
    await run('jekyll', ['build', '--quiet'], { cwd: folder });
    await run('exemplar', ['--site', '_site', '--base-url', '/handbook/'], { cwd: folder });
    return join(folder, '_site');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}docs/${name === 'index' ? '' : `${name}.html`}`,
  ofStarter: /^(|about\/|jekyll\/.*)$/,
};
