// A static host as people rent it: HTTP/2 over TLS, compressed where the host knows the type.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createSecureServer } from 'node:http2';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const TYPES = {
  '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.woff2': 'font/woff2',
};
const UNKNOWN = 'application/octet-stream';
/** @typedef {'known' | 'all' | 'none'} Gzip which files the host compresses: those of types it knows, as GitHub Pages does, all, or none */

/** A key and a certificate of this machine's own, made once. @param {string} folder */
async function certificate(folder) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  if (!existsSync(cert)) {
    await mkdir(folder, { recursive: true });
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
      '-days', '3650', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert]);
  }
  return { key: await readFile(key), cert: await readFile(cert) };
}

/**
 * Serves folders on a free port.
 *
 * @param {Record<string, string>} folders by what paths begin with; the first that fits counts
 * @param {object} options
 * @param {string} options.keys a folder for the certificate
 * @param {Gzip} options.gzip
 * @returns {Promise<{ port: number, requests: string[], close(): void }>} `requests` lists the paths that were asked for
 */
export async function staticHost(folders, options) {
  /** @type {string[]} */
  const requests = [];
  /** @type {Map<string, Promise<{ body: Buffer, headers: Record<string, string> } | undefined>>} */
  const answers = new Map();

  const load = async (path) => {
    const prefix = Object.keys(folders).find((prefix) => path.startsWith(prefix));
    if (prefix === undefined) return undefined;
    const file = join(folders[prefix], normalize(`/${path.slice(prefix.length)}`), path.endsWith('/') ? 'index.html' : '');
    let body = await readFile(file).catch(() => undefined);
    if (!body) return undefined;
    const type = TYPES[extname(file)];
    const headers = { 'content-type': type ?? UNKNOWN, 'cache-control': 'max-age=600' };
    if (options.gzip === 'all' || (options.gzip === 'known' && type && extname(file) !== '.woff2')) {
      body = await promisify(gzip)(body, { level: 6 });
      headers['content-encoding'] = 'gzip';
    }
    return { body, headers: { ...headers, 'content-length': String(body.length) } };
  };

  const server = createSecureServer({ ...await certificate(options.keys), allowHTTP1: true }, async (request, response) => {
    const path = decodeURI(new URL(request.url, 'https://localhost').pathname);
    requests.push(path);
    if (!answers.has(path)) answers.set(path, load(path));
    const answer = await answers.get(path);
    if (response.stream?.destroyed) return;
    response.writeHead(answer ? 200 : 404, answer?.headers ?? { 'content-length': '0' });
    response.end(answer?.body);
  });
  server.on('sessionError', () => {}); // the browser has gone
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, requests, close: () => server.close() };
}
