// node tests/sites/run.mjs [GENERATOR...]: makes the site of each generator with the packages in target/packages, and tries it in
// Chromium. Pictures go to target/sites/pictures, and what was found into the table of docs/sites.md. EXEMPLAR_MODEL_DIR names the
// model.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { LAUNCH } from '../browser/launch.mjs';
import { checkDevelopment } from './check-development.mjs';
import { checkIndex } from './check-index.mjs';
import { checkPages } from './check-pages.mjs';
import { GENERATORS } from './generators/index.mjs';
import { PYTHON } from './generators/python.mjs';
import { host } from './server.mjs';
import { ROOT, SITES, installPython } from './tools.mjs';

const BASE = '/handbook/';
const PICTURES = join(ROOT, 'target/sites/pictures');
const DOCUMENT = join(ROOT, 'docs/sites.md');

/** Builds a site and checks it. @returns {Promise<{ seconds: number, pages?: number, junk?: number, problems: Record<string, string[]> }>} */
async function tried(name) {
  const generator = GENERATORS[name];
  const begin = performance.now();
  let folder;
  try {
    folder = await generator.build();
  } catch (error) {
    return { seconds: 0, problems: { build: [error.message] } };
  }
  const seconds = (performance.now() - begin) / 1000;
  const index = await checkIndex(generator, folder, BASE);
  const pictures = join(PICTURES, name);
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  const { address, close } = await host(folder, BASE);
  const browser = await chromium.launch(LAUNCH);
  const problems = { build: [], index: index.problems, ...await checkPages(browser, generator, address, pictures) };
  close();
  if (generator.develop) problems.development = await checkDevelopment(browser, generator, folder, join(SITES, name), BASE);
  await browser.close();
  return { seconds, pages: index.pages, junk: index.junk, problems };
}

const COLUMNS = ['index', 'hits', 'console', 'light', 'dark', 'phone', 'navigation', 'keys', 'development'];

function row(name, { pages, junk, problems }) {
  const { name: title, version, by, dark } = GENERATORS[name];
  const cell = (column) => (column === 'development' && !problems[column] ? '' : !problems[column] ? 'not built' : problems[column].length ? `${problems[column].length} wrong` : column === 'dark' && !dark ? 'as the system' : 'right');
  return `| ${[title, version, by, pages ?? '', junk === undefined ? '' : `${(junk * 100).toFixed(0)}%`, ...COLUMNS.map(cell)].join(' | ')} |`;
}

/** Puts a generator's row in the place of that of its last run. */
async function writeRow(name, outcome) {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before, table, after] = text.split(/(?<=<!-- table -->\n)|(?=<!-- end -->)/);
  const head = ['generator', 'version', 'by', 'pages', 'passages with junk', 'titles, addresses, texts', 'first hits and anchors', ...COLUMNS.slice(2)];
  const rows = Object.keys(GENERATORS).map((other) => (other === name ? row(name, outcome) : table.split('\n').find((line) => line.startsWith(`| ${GENERATORS[other].name} |`))));
  await writeFile(DOCUMENT, `${before}\n| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n${rows.filter(Boolean).join('\n')}\n\n${after}`);
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(GENERATORS);
await installPython(PYTHON);
let [right, wrong] = [0, 0];
for (const name of names) {
  const outcome = await tried(name);
  const all = Object.entries(outcome.problems).flatMap(([check, found]) => found.map((problem) => `  ${check}: ${problem}`));
  console.log(`${name}: ${all.length ? `${all.length} problems` : 'right'}, ${outcome.pages ?? 0} pages, built in ${outcome.seconds.toFixed(0)} s\n${all.join('\n')}`);
  await writeRow(name, outcome);
  if (all.length) wrong += 1;
  else right += 1;
}
console.log(`${right} passed, ${wrong} failed`);
process.exitCode = wrong ? 1 : 0;
