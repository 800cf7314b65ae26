// Eleventy with one layout, as its documentation begins.

import { join } from 'node:path';
import { frontMatter, writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';

const version = '3.1.8';

export const eleventy = {
  name: 'Eleventy', version, by: 'examples/eleventy',
  async build() {
    const folder = await siteFolder('eleventy', { '@11ty/eleventy': version });
    await copy('examples/eleventy', folder, ['_includes', 'eleventy.config.mjs']);
    const place = ({ lang, name }) => join(folder, lang === 'de' ? 'de' : '.', `${name}.md`);
    await writePages(place, (page) => frontMatter(page, 'layout: page.njk\nlang: LANG\n'));
    await run('npx', ['eleventy', '--quiet', '--pathprefix=handbook'], { cwd: folder });
    await run('npx', ['exemplar', '--site', '_site', '--base-url', '/handbook/'], { cwd: folder });
    return join(folder, '_site');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}/`}`,
  // Its Markdown gives headings no ids.
  anchors: false,
};
