// Sphinx with the theme Furo: each language is a build of its own, and so is its search.

import { join } from 'node:path';
import { writePages } from '../content.mjs';
import { copy, run, siteFolder } from '../tools.mjs';
import { PYTHON } from './python.mjs';

export const sphinx = {
  name: 'Sphinx, Furo', version: `${PYTHON.sphinx}, ${PYTHON.furo}`, by: 'examples/sphinx',
  async build() {
    const folder = await siteFolder('sphinx');
    const contents = '\n```{toctree}\n:glob:\n*\n```\n';
    await writePages(({ lang, name }) => join(folder, lang, `${name}.md`), ({ title, body, name }) => `# ${title}\n\n${body}\n${name === 'index' ? contents : ''}`);
    // The second goes into the first.
    for (const [lang, output] of [['en', 'html'], ['de', 'html/de']]) {
      await copy('examples/sphinx', join(folder, lang));
      await run('sphinx-build', ['-q', '-D', `language=${lang}`, lang, output], { cwd: folder });
    }
    await run('exemplar', ['--site', 'html/de'], { cwd: folder });
    await run('exemplar', ['--site', 'html', '--exclude', 'de/**'], { cwd: folder });
    return join(folder, 'html');
  },
  bundles: { en: '', de: 'de/' },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}.html`}`,
  dark: { click: '.theme-toggle:visible', is: 'body[data-theme="dark"]' },
  console: /Changed to \w+ mode/,
  phone: '.mobile-header .nav-overlay-icon',
  follow: '.sidebar-tree a[href$="certificates.html"]',
};
