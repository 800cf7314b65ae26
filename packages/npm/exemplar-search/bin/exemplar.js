#!/usr/bin/env node
// Starts the command, which a package for each platform holds, and tells it where the model's package is, if that is installed.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

const MODEL = '@exemplar-search/multilingual-e5-small';

/** @type {typeof import('../package.json')} */
const { version, optionalDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/**
 * A file of a package that is installed beside this one, or in the working folder's project.
 * @param {string} path
 */
function find(path) {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from).resolve(path);
    } catch {}
  }
  return undefined;
}

function commandOfThisPlatform() {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@exemplar-search/${platform}`;
  if (!(name in optionalDependencies)) {
    const platforms = Object.keys(optionalDependencies).map((other) => other.replace('@exemplar-search/', ''));
    fail(`there is no package of the command for ${platform}, only for ${platforms.join(', ')}. With Rust, compile it: cargo install exemplar-search-cli`);
  }
  return find(`${name}/bin/exemplar${process.platform === 'win32' ? '.exe' : ''}`)
    ?? fail(`the package ${name} is missing, which holds the command for this machine. npm leaves it out with --omit=optional, or if `
      + `node_modules was installed on another platform. Install it: npm install ${name}@${version}`);
}

/**
 * @param {string} problem
 * @returns {never}
 */
function fail(problem) {
  console.error(`exemplar-search: ${problem}`);
  process.exit(1);
}

function environment() {
  const model = process.env.EXEMPLAR_MODEL_DIR ? undefined : find(`${MODEL}/package.json`);
  return model ? { ...process.env, EXEMPLAR_MODEL_DIR: dirname(model) } : process.env;
}

const command = spawn(commandOfThisPlatform(), process.argv.slice(2), { stdio: 'inherit', env: environment() });
command.on('error', (error) => fail(`the command cannot be started: ${error.message}`));
// Ended by a signal, this process ends the command. A terminal's Ctrl-C reaches both, and the command decides.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => void (signal === 'SIGINT' && process.stdin.isTTY) || command.kill(signal));
}
command.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
