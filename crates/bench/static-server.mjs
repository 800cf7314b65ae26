// The web server of the benchmarks.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
/** With these a page's clock has steps of 5 microseconds instead of 100. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/**
 * Serves folders on a free port of this machine.
 *
 * @param {Record<string, string>} folders by what paths begin with, such as `/www/`; the first that fits counts
 * @param {object} [options]
 * @param {string} [options.page] what `/` is; default: an empty page
 * @param {Record<string, string>} [options.headers] beside those that isolate the page
 * @param {(body: Buffer) => unknown} [options.post] gives the JSON that answers a POST, to any address
 * @returns {Promise<{ address: string, close(): void }>} its address, with a slash at the end
 */
export async function serveFiles(folders, { page = '<!doctype html>', headers = {}, post } = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURI(new URL(request.url, 'http://localhost').pathname));
    const prefix = Object.keys(folders).find((prefix) => path.startsWith(prefix));
    let [body, type] = [undefined, '.json'];
    if (request.method === 'POST' && post) {
      body = Buffer.from(JSON.stringify(post(Buffer.concat(await request.toArray()))));
    } else if (path === '/') {
      [body, type] = [Buffer.from(page), '.html'];
    } else if (prefix !== undefined) {
      body = await readFile(join(folders[prefix], path.slice(prefix.length))).catch(() => undefined);
      type = extname(path);
    }
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': TYPES[type] ?? 'application/octet-stream',
      'content-length': body?.length ?? 0,
      ...ISOLATED,
      ...headers,
    });
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
