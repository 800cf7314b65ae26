// node scripts/minify-styles.mjs FOLDER: minifies the style sheets in the modules of FOLDER, which esbuild leaves alone as they are strings.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';

const folder = process.argv[2];
for (const name of await readdir(folder, { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const path = join(folder, name);
  const text = await readFile(path, 'utf8');
  let minified = text;
  for (const [, css] of text.matchAll(/\.replaceSync\(`([^`]*)`\)/g)) {
    const { code } = await transform(css, { loader: 'css', minify: true });
    minified = minified.replace(css, () => code.trim());
  }
  if (minified !== text) await writeFile(path, minified);
}
