// node scripts/one-file-each.mjs FROM TO MODULE...: bundles each module of FROM with all that it imports into one file of TO, at the same
// path, minified. What a module loads late stays a file of its own, which has to be one of the modules.

import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const [from, to, ...modules] = process.argv.slice(2);
const ADDRESS = /(?<=new URL\(')\.[^']*(?=', import\.meta\.url\))/g;

/** Has all that is loaded by its address loaded from where it is, whichever file names it. @param {string} module which is bundled */
const addressesStay = (module) => ({
  name: 'addresses stay',
  setup({ onResolve, onLoad }) {
    const fromHere = (folder, path) => {
      const address = relative(dirname(module), relative(resolve(from), join(folder, path)));
      return address.startsWith('.') ? address : `./${address}`;
    };
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const late = relative(resolve(from), join(resolveDir, path));
      if (!modules.includes(late)) throw new Error(`${module} loads ${late} late: name it beside the others`);
      return { path: fromHere(resolveDir, path), external: true };
    });
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace(ADDRESS, (address) => fromHere(dirname(path), address)) };
    });
  },
});

await Promise.all(modules.map((module) => build({
  entryPoints: [join(from, module)],
  outfile: join(to, module),
  bundle: true,
  format: 'esm',
  minify: true,
  charset: 'utf8',
  logLevel: 'warning',
  plugins: [addressesStay(module)],
})));
