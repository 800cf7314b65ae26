// Astro without a theme: Markdown pages with one layout, in which the box is.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frontMatter, writePages } from '../content.mjs';
import { installNode, run, siteFolder } from '../tools.mjs';

const version = '7.3.5';
const CONFIG = `import { defineConfig } from 'astro/config';
import exemplarSearch from 'exemplar-search/astro';

export default defineConfig({ base: '/handbook', integrations: [exemplarSearch()] });
`;
const LAYOUT = `---
import { ClientRouter } from 'astro:transitions';
import Search from 'exemplar-search/astro/Search.astro';
const { title, lang } = Astro.props.frontmatter;
---
<html lang={lang}>
  <head>
    <meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><meta name="color-scheme" content="light dark" />
    <title>{title}</title>
    <link rel="icon" href="data:," />
    <ClientRouter />
  </head>
  <body>
    <header><Search /><nav><a href="/handbook/certificates/">HTTPS</a></nav></header>
    <main><h1>{title}</h1><slot /></main>
  </body>
</html>
`;

export const astro = {
  name: 'Astro', version, by: 'exemplar-search/astro',
  async build() {
    await installNode('24.22.3');
    const folder = await siteFolder('astro', { astro: version });
    for (const part of ['src/layouts', 'public']) await mkdir(join(folder, part), { recursive: true });
    await writeFile(join(folder, 'astro.config.mjs'), CONFIG);
    await writeFile(join(folder, 'src/layouts/Page.astro'), LAYOUT);
    const layout = ({ lang }) => `layout: ${lang === 'de' ? '../' : ''}../layouts/Page.astro\nlang: LANG\n`;
    await writePages(({ lang, name }) => join(folder, 'src/pages', lang === 'de' ? 'de' : '.', `${name}.md`), (page) => frontMatter(page, layout(page)));
    await run('npx', ['astro', 'build'], { cwd: folder });
    return join(folder, 'dist');
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}/`}`,
  develop: (port) => ['npx', 'astro', 'dev', '--host', '127.0.0.1', '--port', port],
  follow: 'nav a[href$="/certificates/"]',
};
