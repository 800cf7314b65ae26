// A machine with only Node, one with only Python and one with only Rust get to a working search: by the first block of the README as it
// stands there, and with the model from its package. `./build.sh package` makes the packages.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test from 'node:test';
import { version } from '../../scripts/version.mjs';
import { MODEL, PACKAGES, machine, npmRegistry } from './machine.mjs';
import { book } from './real-site.mjs';

/** The lines of the README's first block of code, by the word that each begins with. */
const block = Object.fromEntries(/```sh\n([^]*?)```/.exec(readFileSync('README.md', 'utf8'))[1].trim().split('\n').map((line) => [line.split(' ')[0], line]));

test('the block has a line for each kind of machine, and no other', () => {
  assert.deepEqual(Object.keys(block), ['npx', 'pipx', 'cargo']);
});

/** Whether the built site is searched by meaning, with the box on its pages. */
async function searched({ project, run }, exemplar, options = '') {
  const page = readFileSync(join(project, 'public/ch04-01-what-is-ownership.html'), 'utf8');
  assert.ok(/<exemplar-search [^>]*bundle=/.test(page), 'the search box is on the page');
  const hits = JSON.parse(await run(`${exemplar} search public/exemplar/bundle.json --query "how do I share data between threads" --json ${options}`)).hits;
  assert.match(hits[0].article.url, /ch16-/);
}

test('only Node', async (t) => {
  const npm_config_registry = await npmRegistry(t);
  const computer = machine(t, ['node', 'npm', 'npx'], { npm_config_registry, npm_config_yes: 'true', EXEMPLAR_MODEL_DIR: MODEL });
  await book(join(computer.project, 'public'));
  await computer.run(block.npx);
  await searched(computer, 'npx exemplar-search');
});

test("only Node, with the model's package", async (t) => {
  const computer = machine(t, ['node', 'npm', 'npx'], { npm_config_registry: await npmRegistry(t) });
  await book(join(computer.project, 'public'));
  await computer.run('npm init -y && npm install exemplar-search @exemplar-search/multilingual-e5-small');
  await computer.run("npx exemplar --site public --inject --include 'ch16*' --include 'ch04-01*' --query-texts 0");
  await searched(computer, 'npx exemplar', '--local-model');
});

test('only Python', async (t) => {
  const computer = machine(t, ['python3'], { PIP_FIND_LINKS: PACKAGES, EXEMPLAR_MODEL_DIR: MODEL, PIP_DISABLE_PIP_VERSION_CHECK: '1' });
  await book(join(computer.project, 'public'));
  await computer.run(`python3 -m venv ${computer.home}/tools && ${computer.home}/tools/bin/pip install --quiet pipx==1.8.0`);
  computer.env.PATH += `:${computer.home}/tools/bin`;
  await computer.run(block.pipx);
  await searched(computer, 'pipx run exemplar-search');
});

test("only Python, with the model's package", async (t) => {
  const computer = machine(t, ['python3'], { PIP_FIND_LINKS: PACKAGES, PIP_NO_INDEX: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' });
  await book(join(computer.project, 'public'));
  await computer.run("python3 -m venv here && here/bin/pip install --quiet 'exemplar-search[model]'");
  await computer.run("here/bin/exemplar --site public --inject --include 'ch16*' --include 'ch04-01*' --query-texts 0");
  await searched(computer, 'here/bin/python -m exemplar_search', '--local-model');
});

/** What cargo is to take for crates.io: all that is needed, with this project's crates as they would be published. */
function cratesIo(folder) {
  execFileSync('cargo', ['vendor', '--quiet', '--locked', '--versioned-dirs', folder], { stdio: 'ignore' });
  for (const file of readdirSync(PACKAGES).filter((name) => name.endsWith('.crate'))) {
    execFileSync('tar', ['-xzf', join(PACKAGES, file), '-C', folder]);
    const sha256 = createHash('sha256').update(readFileSync(join(PACKAGES, file))).digest('hex');
    writeFileSync(join(folder, file.replace('.crate', ''), '.cargo-checksum.json'), JSON.stringify({ files: {}, package: sha256 }));
  }
}

test('only Rust, without the wasm target', async (t) => {
  // The linker and what crates compile with it belong to any Rust.
  const tools = ['cargo', 'rustc', 'cc', 'ar', 'as', 'ld'];
  const target = resolve('target/cargo-install');
  const computer = machine(t, tools, { EXEMPLAR_MODEL_DIR: MODEL, CARGO_TARGET_DIR: target });
  await book(join(computer.project, 'public'));
  const cargo = join(computer.home, '.cargo');
  mkdirSync(cargo);
  const vendored = join(dirname(computer.project), 'crates.io');
  cratesIo(vendored);
  // Compiled for a test, not for speed.
  writeFileSync(join(cargo, 'config.toml'), `[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "${vendored}"\n`
    + '[profile.release]\nopt-level = 1\n[profile.release.package.rten-gemm]\nopt-level = 3\n');
  computer.env.PATH += `:${cargo}/bin`;
  await computer.run(block.cargo);
  await searched(computer, 'exemplar');
  assert.match(await computer.run('exemplar --version'), new RegExp(version));
});
