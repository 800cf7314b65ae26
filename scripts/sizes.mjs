// node scripts/sizes.mjs: what a reader downloads of dist/exemplar, gzip, against its budget. Fails where one is exceeded.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const shipped = 'dist/exemplar';

/** @type {Record<string, { kilobytes: number, entries: string[], without?: string[] }>} */
const budgets = {
  'client and worker': { kilobytes: 14, entries: ['client/exemplar-search.js', 'client/worker.js'] },
  'client and engine, where no worker can be': { kilobytes: 13, entries: ['client/exemplar-search.js', 'client/engine.js'] },
  'search box with its styles and both languages': { kilobytes: 16, entries: ['component/exemplar-search.js'], without: ['client/exemplar-search.js'] },
  // docs/decisions/core-size.md has what they are made of. The last comes after the first hits, for those who search all of a bundle
  // in shards.
  'core for a bundle in one file': { kilobytes: 146, entries: ['client/pkg-whole/exemplar_search_bg.wasm.gz'] },
  'core for a bundle in shards': { kilobytes: 95, entries: ['client/pkg-shards/exemplar_search_bg.wasm.gz'] },
  'all of the core': { kilobytes: 182, entries: ['client/pkg/exemplar_search_bg.wasm.gz', 'client/pkg/exemplar_search.js'] },
};

let failed = false;
for (const [name, { kilobytes, entries, without = [] }] of Object.entries(budgets)) {
  const others = await filesOf(without);
  const files = [...(await filesOf(entries))].filter((file) => !others.has(file));
  const sizes = await Promise.all(files.map(async (file) => {
    const bytes = await readFile(join(shipped, file));
    return file.endsWith('.gz') ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  }));
  const size = sizes.reduce((sum, size) => sum + size, 0) / 1000;
  const over = size > kilobytes;
  failed ||= over;
  console.log(`${over ? 'TOO LARGE' : 'within'}: ${name}: ${size.toFixed(1)} of ${kilobytes} kB in ${files.length} files`);
}
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
