// node scripts/npm-packages.mjs FOLDER [MODEL PLATFORM=BINARY...]: in FOLDER, the main package gets its version and the list of its
// platforms' packages; beside it come the package of the model, and those of the command for these platforms.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { version } from './version.mjs';

const [folder, model, ...commands] = process.argv.slice(2);
/** For which the release workflow compiles the command: Node's names of system and processor. */
const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

const main = JSON.parse(readFileSync(join(folder, 'exemplar-search/package.json'), 'utf8'));
const { license, homepage, repository, engines } = main;

function write(name, manifest) {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function licences(name) {
  for (const file of ['LICENSE', 'LICENSE-APACHE', 'LICENSE-MIT']) cpSync(file, join(folder, name, file));
}

main.optionalDependencies = Object.fromEntries(PLATFORMS.map((other) => [`@exemplar-search/${other}`, version]));
write('exemplar-search', { version, ...main });
licences('exemplar-search');

if (model) packModel(basename(model));
for (const command of commands) packCommand(.../** @type {[string, string]} */ (command.split('=')));

/**
 * @param {string} platform
 * @param {string} binary
 */
function packCommand(platform, binary) {
  if (!PLATFORMS.includes(platform)) throw new Error(`there is no npm package for ${platform}: scripts/npm-packages.mjs lists the platforms`);
  const [os, cpu] = platform.split('-');
  const description = `The command of exemplar-search for ${platform}`;
  write(platform, {
    name: `@exemplar-search/${platform}`, version, description, license, homepage, repository, engines, os: [os], cpu: [cpu], files: ['bin'], preferUnplugged: true,
  });
  licences(platform);
  cpSync(binary, join(folder, platform, 'bin', os === 'win32' ? 'exemplar.exe' : 'exemplar'));
}

/** @param {string} name of the model and its folder */
function packModel(name) {
  const description = `The sentence model ${name}, for exemplar-search`;
  write(name, { name: `@exemplar-search/${name}`, version, description, license: 'MIT', homepage, repository });
  cpSync(model, join(folder, name), { recursive: true });
}
