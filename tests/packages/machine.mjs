// A machine that has one tool and nothing else of what this project is built with: a PATH of its own, an empty HOME, and the packages of
// target/packages where its package manager looks for published ones.

import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const PACKAGES = resolve('target/packages');
export const MODEL = resolve('target/models/multilingual-e5-small');

/** What package managers and their launchers call of the system. */
const SYSTEM = ['sh', 'env', 'uname', 'ldd', 'getconf'];

/** Where a tool really is: what a version manager puts on the PATH only finds it. */
function whereIs(tool) {
  const script = { python3: ['python3', '-c', 'import sys; print(sys.executable)'], cargo: ['rustup', 'which', 'cargo'], rustc: ['rustup', 'which', 'rustc'] }[tool];
  if (script) {
    try {
      return execFileSync(script[0], script.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {}
  }
  const folder = process.env.PATH.split(':').find((folder) => existsSync(join(folder, tool)));
  return folder && join(folder, tool);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {string[]} tools
 * @param {Record<string, string>} variables
 */
export function machine(t, tools, variables = {}) {
  const root = mkdtempSync(join(tmpdir(), 'exemplar-'));
  t.after(() => rmSync(root, { recursive: true }));
  const [home, bin, project] = ['home', 'bin', 'project'].map((name) => join(root, name));
  for (const folder of [home, bin, project]) mkdirSync(folder);
  for (const tool of [...SYSTEM, ...tools]) {
    const path = whereIs(tool);
    if (path) symlinkSync(path, join(bin, tool));
    else if (tools.includes(tool)) throw new Error(`${tool} is not on this machine`);
  }
  const { LANG = 'C.UTF-8', HTTPS_PROXY, PIP_INDEX_URL, SSL_CERT_FILE } = process.env;
  const given = Object.entries({ LANG, HTTPS_PROXY, PIP_INDEX_URL, SSL_CERT_FILE }).filter(([, value]) => value);
  // No model comes from the hub, and no vector from an earlier build.
  const env = { ...Object.fromEntries(given), HOME: home, PATH: bin, HF_ENDPOINT: 'http://127.0.0.1:9', EXEMPLAR_CACHE: 'off', ...variables };
  /** @param {string} command line of a shell, in the project's folder */
  const run = async (command) => (await promisify(execFile)(join(bin, 'sh'), ['-c', command], { cwd: project, env, maxBuffer: 1 << 26 })).stdout;
  return { home, bin, project, env, run };
}

/**
 * A registry of npm that has the tarballs in target/packages. Resolves to its address.
 * @param {import('node:test').TestContext} t
 */
export async function npmRegistry(t) {
  /** By package. @type {Map<string, object>} */
  const documents = new Map();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url.slice(1));
    if (path.endsWith('.tgz')) createReadStream(join(PACKAGES, path)).pipe(response);
    else if (documents.has(path)) response.end(JSON.stringify(documents.get(path)));
    else response.writeHead(404).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = `http://127.0.0.1:${server.address().port}/`;
  for (const file of readdirSync(PACKAGES).filter((name) => name.endsWith('.tgz'))) {
    const manifest = JSON.parse(execFileSync('tar', ['-xOzf', join(PACKAGES, file), 'package/package.json'], { encoding: 'utf8' }));
    const integrity = `sha512-${createHash('sha512').update(readFileSync(join(PACKAGES, file))).digest('base64')}`;
    const { name, version } = manifest;
    documents.set(name, { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist: { tarball: `${address}${file}`, integrity } } } });
  }
  return address;
}
