// A site of the default theme.

import { join } from 'node:path';
import { writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';

const version = '1.6.4';

export const vitepress = {
  name: 'VitePress', version, by: 'exemplar-search/vitepress',
  async build() {
    const folder = await siteFolder('vitepress', { vitepress: version });
    await copy('examples/vitepress', folder);
    await writePages(({ lang, name }) => join(folder, lang === 'de' ? 'de' : '.', `${name}.md`));
    await run('npx', ['vitepress', 'build'], { cwd: folder });
    return join(folder, '.vitepress/dist');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}.html`}`,
  develop: (port) => ['npx', 'vitepress', 'dev', '--host', '127.0.0.1', '--port', port],
  dark: { click: '.VPNavBarAppearance .VPSwitchAppearance', is: 'html.dark' },
  follow: '.VPSidebar a[href$="/certificates.html"]',
};
