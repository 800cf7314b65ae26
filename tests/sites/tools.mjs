// What makes sites: commands, packages, and a folder for each site below target/sites.

import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = resolve(import.meta.dirname, '../..');
export const SITES = join(ROOT, 'target/sites');
const PACKAGES = join(ROOT, 'target/packages');
const PYTHON = join(SITES, 'python');

/** Where commands are looked for. */
function environment(env) {
  const own = [join(PYTHON, 'bin'), join(SITES, 'rust/bin'), join(SITES, 'node/bin')];
  return { ...process.env, PATH: [...own, process.env.PATH].join(delimiter), CI: 'true', NO_UPDATE_NOTIFIER: '1', ASTRO_TELEMETRY_DISABLED: '1', ...env };
}

/** Starts a server. @returns {() => void} ends it and what it has started */
export function start([command, ...args], cwd) {
  const child = spawn(command, args, { cwd, env: environment({}), stdio: 'ignore', detached: true });
  return () => process.kill(-child.pid, 'SIGKILL');
}

/** Runs a command; what it prints is part of the error if it fails. */
export async function run(command, args, { cwd = ROOT, env = {} } = {}) {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, env: environment(env), maxBuffer: 1 << 28 });
    return stdout + stderr;
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
  }
}

/** Copies a recipe of examples/, or files of this folder, over a site. */
export const copy = (from, to, files = ['.']) => Promise.all(files.map((file) => cp(join(ROOT, from, file), join(to, file), { recursive: true })));

/** An empty folder for a site; with packages of npm, node_modules stays from run to run. */
export async function siteFolder(name, npm) {
  const folder = join(SITES, name);
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder)) {
    if (!npm || !['node_modules', 'package.json', 'package-lock.json', '.installed'].includes(entry)) await rm(join(folder, entry), { recursive: true });
  }
  if (npm) await installed(folder, npm);
  return folder;
}

/** Installs exactly these packages of npm, and this project's as they are now. */
async function installed(folder, packages) {
  const stamp = JSON.stringify(packages);
  const before = await readFile(join(folder, '.installed'), 'utf8').catch(() => '');
  if (before !== stamp) {
    await rm(join(folder, 'node_modules'), { recursive: true, force: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'site', private: true }));
    await run('npm', ['install', '--no-audit', '--no-fund', '--save-exact', ...Object.entries(packages).map(([name, version]) => `${name}@${version}`)], { cwd: folder });
    await writeFile(join(folder, '.installed'), stamp);
  }
  const own = (await packed('.tgz')).filter((file) => /exemplar-search-(\d|linux|darwin|win32)/.test(file));
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--force', ...own], { cwd: folder });
}

async function packed(suffix) {
  const files = (await readdir(PACKAGES)).filter((file) => file.endsWith(suffix)).map((file) => join(PACKAGES, file));
  if (!files.length) throw new Error(`there is no ${suffix} in target/packages: run ./build.sh sites`);
  return files;
}

/** What Python's generators need, with this project's wheel. @param {Record<string, string>} packages */
export async function installPython(packages) {
  const list = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
  const stamp = join(PYTHON, '.installed');
  if (await readFile(stamp, 'utf8').catch(() => '') !== list.join()) {
    await run('python3', ['-m', 'venv', '--clear', PYTHON]);
    await run(join(PYTHON, 'bin/pip'), ['install', '--quiet', ...list]);
    await writeFile(stamp, list.join());
  }
  const wheels = (await packed('.whl')).filter((file) => !file.includes('_model'));
  await run(join(PYTHON, 'bin/pip'), ['install', '--quiet', '--no-deps', '--force-reinstall', ...wheels]);
}

/** Some generators need a newer Node than this project. */
export async function installNode(version) {
  const folder = join(SITES, 'node-package');
  if (!await readFile(join(folder, `${version}.txt`), 'utf8').catch(() => undefined)) {
    const name = `node-${process.platform}-${process.arch}`;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{}');
    await run('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: folder });
    await rm(join(SITES, 'node'), { recursive: true, force: true });
    await cp(join(folder, 'node_modules', name), join(SITES, 'node'), { recursive: true });
    await writeFile(join(folder, `${version}.txt`), 'there');
  }
}

/** A program of crates.io. */
export async function installRust(name, version, options = []) {
  await run('cargo', ['install', '--quiet', '--locked', '--root', join(SITES, 'rust'), ...options, `${name}@${version}`]);
}

