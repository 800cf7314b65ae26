// A static host that has a site below a path.

import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm', '.svg': 'image/svg+xml' };

/** @returns {Promise<{ address: string, close: () => void }>} address: the site's root, with a slash at its end */
export async function host(folder, path) {
  const server = createServer(async (request, response) => {
    const asked = decodeURIComponent(new URL(request.url, 'http://host').pathname);
    const found = asked.startsWith(path) ? await contents(join(folder, normalize(asked.slice(path.length)))) : undefined;
    if (!found) return response.writeHead(404).end();
    // As static hosts do: relative addresses on the page need the slash.
    if (found.folder && !asked.endsWith('/')) return response.writeHead(301, { location: `${asked}/` }).end();
    response.setHeader('content-type', TYPES[extname(found.file)] ?? 'application/octet-stream');
    response.end(found.bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${server.address().port}${path}`, close };
}

async function contents(path) {
  const folder = await stat(path).then((its) => its.isDirectory(), () => false);
  for (const file of folder ? [join(path, 'index.html')] : [path, `${path}.html`]) {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes) return { file, bytes, folder };
  }
  return undefined;
}
