// The starter of Astro Starlight.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frontMatter, writePages } from '../content.mjs';
import { copy, installNode, run, siteFolder } from '../tools.mjs';

const version = '0.42.4';
const COLLECTIONS = `import { defineCollection } from 'astro:content';
import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';

export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) };
`;

export const starlight = {
  name: 'Astro Starlight', version, by: 'exemplar-search/starlight',
  async build() {
    await installNode('24.22.3');
    const folder = await siteFolder('starlight', { astro: '7.3.5', '@astrojs/starlight': version, sharp: '0.35.5' });
    await copy('examples/starlight', folder);
    await mkdir(join(folder, 'src'));
    await mkdir(join(folder, 'public'));
    await writeFile(join(folder, 'public/favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(folder, 'src/content.config.mjs'), COLLECTIONS);
    await writePages(({ lang, name }) => join(folder, 'src/content/docs', lang === 'de' ? 'de' : '.', `${name}.md`), (page) => frontMatter(page));
    await run('npx', ['astro', 'build'], { cwd: folder });
    return join(folder, 'dist');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}/`}`,
  develop: (port) => ['npx', 'astro', 'dev', '--host', '127.0.0.1', '--port', port],
  dark: { select: 'starlight-theme-select select', is: 'html[data-theme="dark"]' },
  follow: 'nav.sidebar a[href$="/certificates/"]',
};
