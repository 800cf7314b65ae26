// The starter of create-docusaurus, with its tutorial and blog. Its documents are version 1.0, and after that something is new in them.

import { appendFile, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';

const version = '3.10.2';
const npm = { '@docusaurus/core': version, '@docusaurus/faster': version, '@docusaurus/preset-classic': version, '@mdx-js/react': '3.1.1', clsx: '2.1.1', 'prism-react-renderer': '2.4.1', react: '19.3.1', 'react-dom': '19.3.1' };

export const docusaurus = {
  name: 'Docusaurus', version, by: 'exemplar-search/docusaurus',
  async build() {
    const folder = await siteFolder('docusaurus', npm);
    await run('npx', ['--yes', `create-docusaurus@${version}`, 'starter', 'classic', '--javascript', '--skip-install'], { cwd: folder });
    for (const part of ['blog', 'docs', 'sidebars.js', 'src', 'static']) await cp(join(folder, 'starter', part), join(folder, part), { recursive: true });
    await rm(join(folder, 'starter'), { recursive: true });
    await copy('examples/docusaurus', folder);
    const docs = { en: 'docs', de: 'i18n/de/docusaurus-plugin-content-docs/current' };
    await writePages(({ lang, name }) => join(folder, docs[lang], 'lantern', `${name}.md`));
    await run('npx', ['docusaurus', 'docs:version', '1.0'], { cwd: folder });
    await appendFile(join(folder, 'docs/lantern/backups.md'), '\n## Pigeons\n\nCarrier pigeons bring a copy of your pictures to another loft.\n');
    await run('npx', ['docusaurus', 'build'], { cwd: folder });
    return join(folder, 'build');
  },
  bundles: { en: '', de: 'de/' },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}docs/lantern${name === 'index' ? '' : `/${name}`}`,
  ofStarter: /^(|de\/)(docs\/(intro|tutorial-.*|next\/.*)|markdown-page|blog\/.*)?$/,
  versions: [
    { from: 'docs/next/lantern/installation', query: 'carrier pigeons', finds: 'docs/next/lantern/backups', never: /\/docs\/(?!next\/)/ },
    { from: 'docs/lantern/installation', query: 'how do I get deleted photographs back', finds: 'docs/lantern/backups', never: /\/docs\/next\// },
    { from: 'blog', query: 'how do I get deleted photographs back', finds: 'docs/lantern/backups', never: /\/docs\/next\// },
    { from: 'de/docs/next/lantern/installation', query: 'gelöschte Fotos zurückholen', finds: 'de/docs/next/lantern/backups', never: /\/docs\/(?!next\/)/ },
  ],
  develop: (port) => ['npx', 'docusaurus', 'start', '--no-open', '--host', '127.0.0.1', '--port', port],
  dark: { click: '[class*="colorModeToggle"] button', is: 'html[data-theme="dark"]' },
  follow: 'nav.menu a[href$="/certificates"]',
};
