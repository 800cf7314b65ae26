// node scripts/browser-tests.mjs [FILE...]: the tests in tests/browser, in Chromium, and the main paths in Firefox; needs
// what tests/browser/support.mjs names. Each file is a process of its own; three run at a time, as they wait a lot, each on a
// Chromium that stays open, where each test gets a fresh profile. Files that measure, or that count on being answered soon,
// follow alone. One that fails is run once more by itself, and named: a browser on a busy machine may miss a deadline, but a
// fault stays a fault.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { LAUNCH } from '../tests/browser/launch.mjs';

const WORKERS = 3;
const FOLDER = 'tests/browser';
/** The longest first, so that no worker is left with one of them at the end. */
const LONG = ['soak', 'examples', 'query-encoder', 'main-paths/box', 'main-paths/page', 'main-paths/columns', 'client', 'sidecar', 'accessibility'].map(fileOf);
/** Measures, or holds answers up for a time that the page must be faster than. */
const ALONE = ['benchmark-stops', 'component-cold', 'component-composition', 'component-late-answers', 'component-slow-network', 'late-answers', 'progress', 'slopes'].map(fileOf);

function fileOf(name) {
  return `${FOLDER}/${name}.test.mjs`;
}

const found = ['', 'main-paths/'].flatMap((under) =>
  readdirSync(`${FOLDER}/${under}`).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => `${FOLDER}/${under}${name}`));
const files = process.argv.length > 2 ? process.argv.slice(2) : found;
const missing = [...LONG, ...ALONE].filter((file) => !found.includes(file));
if (missing.length) throw new Error(`scripts/browser-tests.mjs names ${missing.join(', ')}, which is not there`);

/** Milliseconds that a file may take; the soak takes as long as it is told to. */
const TIMEOUT = 300_000 + 1000 * Number(process.env.EXEMPLAR_SOAK ?? 0);

/** By file: its latest run. @type {Map<string, { failed: boolean, pass: number, fail: number, seconds: number }>} */
const runs = new Map();

/** Runs one file, and prints what it said once it has ended. */
async function run(file, endpoint) {
  const begin = performance.now();
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', `--test-timeout=${TIMEOUT}`, '--test-force-exit', file],
    { env: { ...process.env, EXEMPLAR_CHROMIUM: endpoint }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  const count = (name) => Number(new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(said)?.[1] ?? 0);
  const seconds = (performance.now() - begin) / 1000;
  const outcome = { failed: code !== 0, pass: count('pass'), fail: code === 0 ? 0 : Math.max(1, count('fail')), seconds };
  runs.set(file, outcome);
  console.log(`${file}, ${seconds.toFixed(1)} s`);
  console.log(said.replace(/^ℹ .*\n/gm, '').trimEnd());
}

/** Runs files on a Chromium of this worker's own, until none is left. */
async function work(queue) {
  const browser = await chromium.launchServer(LAUNCH);
  try {
    for (let file; (file = queue.shift());) await run(file, browser.wsEndpoint());
  } finally {
    await browser.close();
  }
}

const rank = (file) => (LONG.includes(file) ? LONG.indexOf(file) : LONG.length);
const together = files.filter((file) => !ALONE.includes(file)).sort((a, b) => rank(a) - rank(b));
await Promise.all(Array.from({ length: WORKERS }, () => work(together)));
await work(files.filter((file) => ALONE.includes(file)));

const again = [...runs].filter(([, { failed }]) => failed).map(([file]) => file);
for (const file of again) {
  console.log(`browser-tests.mjs: ${file} failed; once more, alone`);
  await work([file]);
}

const slowest = [...runs].sort(([, a], [, b]) => b.seconds - a.seconds).slice(0, 8);
for (const [file, { seconds }] of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}`);
for (const file of again) console.log(`${runs.get(file).failed ? 'failed twice' : 'failed once'}: ${file}`);
const sum = (key) => [...runs.values()].reduce((sum, run) => sum + run[key], 0);
console.log(`${sum('pass')} passed, ${sum('fail')} failed`);
process.exitCode = sum('fail') ? 1 : 0;
