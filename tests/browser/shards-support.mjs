// Bundles in shards, for tests.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BIN, DIST, atEnd } from './support.mjs';

/** A site's bundle, by default the demo's, in shards: with its query encoder. `files` are by their paths on a site that has it in `/search/`. */
export async function shards(t, site = join(DIST, 'bundles', 'rust-book.json')) {
  const folder = await mkdtemp(join(tmpdir(), 'exemplar-'));
  atEnd(t, () => rm(folder, { recursive: true }));
  const manifest = join(folder, 'bundle.json');
  await promisify(execFile)(BIN, ['convert', site, '--layout', 'shards', '-o', manifest]);
  const [build] = (await readdir(folder)).filter((name) => name.startsWith('search-'));
  const files = Object.fromEntries(await Promise.all((await readdir(join(folder, build))).map(async (name) =>
    [`/search/${build}/${name}`, await readFile(join(folder, build, name))])));
  return { manifest: await readFile(manifest, 'utf8'), build, files };
}
