// Real pages for the tests of packages: three of the Rust Book, as the Rust toolchain ships it.

import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Copies them into a new folder, to which it resolves. */
export async function book(folder) {
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim();
  const from = join(sysroot, 'share/doc/rust/html/book');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(from)) {
    if (/^ch(04-01|16-01|16-03)-.*\.html$/.test(name)) await cp(join(from, name), join(folder, name));
  }
  return folder;
}
