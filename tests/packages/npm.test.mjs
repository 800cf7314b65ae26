// The npm package, without a command: what publint and arethetypeswrong say of it, its launcher where no command is, and its modules on
// a server. `scripts/package.sh client` makes it.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { version } from '../../scripts/version.mjs';

const PACKAGES = resolve('target/packages');
const STAGED = join(PACKAGES, 'npm/exemplar-search');
const TARBALL = join(PACKAGES, `exemplar-search-${version}.tgz`);

/** A folder with the package installed, as npm would, but without a package of the command. */
function installed(t) {
  const folder = mkdtempSync(join(tmpdir(), 'exemplar-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(STAGED, join(folder, 'node_modules/exemplar-search'), { recursive: true });
  return folder;
}

function start(folder, node = []) {
  const { status, stderr } = spawnSync(process.execPath, [...node, 'node_modules/exemplar-search/bin/exemplar.js', '--version'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 1);
  return stderr;
}

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: STAGED, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test('its types are as its modules are', () => {
  execFileSync('node_modules/.bin/attw', [TARBALL, '--profile', 'esm-only', '--exclude-entrypoints', 'custom-elements.json', 'astro/Search.astro'], { stdio: 'pipe' });
});

test('without the package of the command, the launcher names it and says how to install it', (t) => {
  const platform = `${process.platform}-${process.arch}`;
  const said = start(installed(t));
  assert.match(said, new RegExp(`^exemplar-search: the package @exemplar-search/${platform} is missing`));
  assert.ok(said.includes(`npm install @exemplar-search/${platform}@${version}`), said);
});

test('on a platform without a package, the launcher lists those that have one', (t) => {
  const other = 'data:text/javascript,Object.defineProperty(process, "arch", { value: "s390x" })';
  const said = start(installed(t), ['--import', other]);
  assert.match(said, /there is no package of the command for \w+-s390x, only for .*linux-x64.*cargo install/);
});

test('a server may import the modules: nothing happens, and the types of errors are there', (t) => {
  const script = `
    import { ExemplarSearch } from 'exemplar-search/component';
    import { ExemplarError, SearchIndex, safeLink } from 'exemplar-search';
    console.log(typeof ExemplarSearch, typeof SearchIndex.load, typeof safeLink, new ExemplarError('option', 'x').code);`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: installed(t), encoding: 'utf8' });
  assert.equal(said, 'function function function option\n');
});

test('the file of custom elements names a module of the package', () => {
  const { modules } = JSON.parse(readFileSync(join(STAGED, 'component/custom-elements.json'), 'utf8'));
  for (const { path } of modules) readFileSync(join(STAGED, path));
});
