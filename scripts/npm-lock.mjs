// node scripts/npm-lock.mjs: fails unless package-lock.json names each package by a hash, takes it from the registry that npm is set up
// with, and none but these run a script of their own when they are installed.

import { readFileSync } from 'node:fs';

/** With what each does. */
const SCRIPTS = {
  'node_modules/esbuild': 'puts its binary in the place of the script that starts it',
};

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const others = Object.entries(packages).filter(([place]) => place !== '');
const problems = others.flatMap(([place, { integrity, resolved, link, hasInstallScript }]) => [
  ...(/^sha512-/.test(integrity ?? '') ? [] : [`${place} has no SHA-512`]),
  ...(resolved || link ? [`${place} comes from ${resolved ?? 'a link'}, not from the registry`] : []),
  ...(hasInstallScript && !(place in SCRIPTS) ? [`${place} runs a script when it is installed: if that is right, list it in scripts/npm-lock.mjs`] : []),
]);
for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (!problems.length) console.log(`${others.length} packages, each by its hash`);
process.exitCode = problems.length ? 1 : 0;
