// HTML that no generator wrote: the command itself puts the box into it.

import { join } from 'node:path';
import { writePages } from '../content.mjs';
import { run, siteFolder } from '../tools.mjs';

/** Of the Markdown only what is prose: each block is a paragraph, and each heading a heading without an id. */
function html({ lang, title, body }) {
  const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const blocks = body.split(/\n{2,}/).filter((block) => !/^(```|\|)/.test(block));
  const written = blocks.map((block) => (block.startsWith('## ') ? `<h2>${escaped(block.slice(3))}</h2>` : `<p>${escaped(block)}</p>`));
  return `<!doctype html>\n<html lang="${lang}">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`
    + `<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title></head>\n<body><nav><a href="certificates.html">HTTPS</a></nav><main><h1>${escaped(title)}</h1>\n${written.join('\n')}\n`
    + '</main></body></html>\n';
}

export const plain = {
  name: 'Plain HTML', version: '', by: '`--inject`',
  async build() {
    const folder = await siteFolder('plain');
    await writePages(({ lang, name }) => join(folder, lang === 'de' ? 'de' : '.', `${name}.html`), html);
    await run('exemplar', ['--site', '.', '--inject'], { cwd: folder });
    return folder;
  },
  address: (lang, name) => `${lang === 'de' ? 'de/' : ''}${name === 'index' ? '' : `${name}.html`}`,
  anchors: false,
  follow: 'nav a[href$="certificates.html"]',
};
