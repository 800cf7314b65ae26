// node scripts/minify-styles.mjs FOLDER: minifies the style sheets in the modules of FOLDER, which esbuild leaves alone as they are strings.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';

const folder = process.argv[2];
for (const name of await readdir(folder, { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const path = join(folder, name);
  const text = await readFile(path, 'utf8');
  const [, css] = /\.replaceSync\(`([^`]*)`\)/.exec(text) ?? [];
  if (css === undefined) continue;
  const { code } = await transform(css, { loader: 'css', minify: true });
  await writeFile(path, text.replace(css, () => code.trim()));
}
