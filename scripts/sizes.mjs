// node scripts/sizes.mjs: what a reader downloads of dist/exemplar, gzip, against its budget. Fails where one is exceeded, in bytes or
// in files.

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const shipped = 'dist/exemplar';

/** @type {Record<string, { kilobytes: number, entries: string[] }>} */
const budgets = {
  'client and worker': { kilobytes: 14.5, entries: ['client/exemplar-search.js', 'client/worker.js'] },
  'client and engine, where no worker can be': { kilobytes: 14, entries: ['client/exemplar-search.js', 'client/engine.js'] },
  'search box with its styles and the client, in English': { kilobytes: 24.5, entries: ['component/exemplar-search.js'] },
  // docs/decisions/core-size.md has what they are made of. The last comes after the first hits, for those who search all of a bundle
  // in shards, or by the SVM or examples.
  'core for a bundle in one file': { kilobytes: 161, entries: ['client/pkg-whole/exemplar_search_bg.wasm.gz'] },
  'core for a bundle in shards': { kilobytes: 114, entries: ['client/pkg-shards/exemplar_search_bg.wasm.gz'] },
  'core for a remote bundle': { kilobytes: 141, entries: ['client/pkg-remote/exemplar_search_bg.wasm.gz'] },
  'all of the core': { kilobytes: 220, entries: ['client/pkg/exemplar_search_bg.wasm.gz', 'client/pkg/exemplar_search.js'] },
};

/** Kilobytes of the strings of another language. */
const LANGUAGE = 2;

let failed = false;
for (const [name, { kilobytes, entries }] of Object.entries(budgets)) {
  const files = [...(await filesOf(entries))];
  const sizes = await Promise.all(files.map(async (file) => {
    const bytes = await readFile(join(shipped, file));
    return file.endsWith('.gz') ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  }));
  const size = sizes.reduce((sum, size) => sum + size, 0) / 1000;
  // What an entry imports would take another round trip.
  const over = size > kilobytes || files.length > entries.length;
  failed ||= over;
  console.log(`${over ? 'TOO LARGE' : 'within'}: ${name}: ${size.toFixed(1)} of ${kilobytes} kB in ${files.length} files`);
}
// A reader downloads one of them, if any.
const languages = (await readdir(join(shipped, 'component/strings'))).filter((name) => name.endsWith('.js'));
const largest = Math.max(...await Promise.all(languages.map(async (name) => gzipSync(await readFile(join(shipped, 'component/strings', name)), { level: 9 }).length))) / 1000;
failed ||= largest > LANGUAGE || languages.length < 22;
console.log(`${largest > LANGUAGE ? 'TOO LARGE' : 'within'}: largest of ${languages.length} languages of the search box: ${largest.toFixed(1)} of ${LANGUAGE} kB`);
process.exitCode = failed ? 1 : 0;

/**
 * The entries and the modules that they cannot do without: the engine outside of a worker is only for pages without one.
 * @param {string[]} entries
 */
async function filesOf(entries) {
  const files = new Set(entries);
  for (const file of files) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(join(shipped, file), 'utf8');
    for (const [, name] of text.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) files.add(join(dirname(file), name));
  }
  return files;
}
