// The version of all packages: Cargo.toml's. `node scripts/version.mjs check` fails unless all agree with it; `released` fails unless
// CHANGELOG.md has an entry for it; without either, the version is printed.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const workspace = readFileSync('Cargo.toml', 'utf8');
export const version = /\[workspace\.package\]\nversion = "([^"]+)"/.exec(workspace)?.[1] ?? fail('Cargo.toml has no version of the workspace');

function fail(problem) {
  console.error(`version.mjs: ${problem}`);
  process.exit(1);
}

/** Each with the version that it names. */
function* named() {
  for (const [, name, its] of workspace.matchAll(/^(exemplar-search[\w-]*) = \{ version = "([^"]+)"/gm)) yield [`Cargo.toml, ${name}`, its];
  const locked = readFileSync('Cargo.lock', 'utf8').matchAll(/^name = "(exemplar-search[\w-]*)"\nversion = "([^"]+)"/gm);
  for (const [, name, its] of locked) yield [`Cargo.lock, ${name}`, its];
  for (const [file, pattern] of /** @type {const} */ ([
    ['action.yml', /default: (\d\S*)$/gm],
    ['docs/packages.md', /exemplar-search@v(\S+)/g],
    ['examples/github-pages/pages.yml', /exemplar-search@v(\S+)/g],
  ])) {
    for (const [, its] of readFileSync(file, 'utf8').matchAll(pattern)) yield [file, its];
  }
  const folder = 'target/packages';
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const its = /^exemplar[\w-]*?-(\d+\.\d+\.\d+[^-]*?)(?:-py3.*)?\.(?:tgz|whl|crate)$/.exec(file)?.[1];
    if (its) yield [`${folder}/${file}`, its];
  }
}

function check() {
  const others = [...named()].filter(([, its]) => its !== version);
  if (others.length) fail(`Cargo.toml says ${version}, but ${others.map(([where, its]) => `${where}: ${its}`).join('; ')}`);
}

function released() {
  const changes = readFileSync('CHANGELOG.md', 'utf8');
  const entry = changes.split(/^## /m).find((entry) => entry.startsWith(version) || entry.startsWith(`[${version}]`));
  if (!entry || !/^- /m.test(entry)) fail(`CHANGELOG.md has no entry "## ${version}" that says what has changed`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [what] = process.argv.slice(2);
  if (what === 'check') check();
  else if (what === 'released') released();
  else console.log(version);
}
