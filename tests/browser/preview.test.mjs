// `exemplar build --serve`: a page that is open loads itself anew once the site has changed, and the search finds what is new.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { BIN, atEnd } from './support.mjs';
import { boxHits, inState, openBox, type } from './component-support.mjs';

const page = (title, text) => `<!doctype html><html lang="en"><head><link rel="icon" href="data:,"><title>${title}</title></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;

/** `exemplar build --serve` of two pages: the folder and its address. */
async function preview(t) {
  const root = await mkdtemp(join(tmpdir(), 'exemplar-'));
  atEnd(t, () => rm(root, { recursive: true }));
  await writeFile(join(root, 'index.html'), page('Tides', 'The moon pulls the sea, and the tide comes in.'));
  await writeFile(join(root, 'bread.html'), page('Bread', 'The dough rises before it is baked.'));
  const env = { ...process.env, EXEMPLAR_CACHE: 'off' };
  delete env.EXEMPLAR_WEB_FILES;
  const child = spawn(BIN, ['build', '--site', root, '--inject', '--no-vectors', '--serve', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  atEnd(t, () => {
    child.kill();
    return ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /serving .* at (http:\/\/\S+)/.exec(line);
    if (address) {
      child.stdout.resume();
      return { root, address: address[1] };
    }
  }
  throw new Error('exemplar build --serve ended without saying its address');
}

test('an open page follows the site, and the search finds what has changed', async (t) => {
  const { root, address } = await preview(t);
  const tab = await openBox(t, address);
  const text = page('Tides', 'Nobody ever saw the kraken asleep.');
  // As editors write: another file takes the place of the old one.
  await writeFile(join(root, '.new'), text);
  await rename(join(root, '.new'), join(root, 'index.html'));
  await tab.getByText('kraken asleep').waitFor();
  await type(tab, 'kraken');
  await inState(tab, 'results');
  assert.match((await boxHits(tab))[0].href, /index\.html|\/$/);

  // It goes on, and the page of another address follows too.
  await tab.goto(`${address}bread`);
  await writeFile(join(root, 'bread.html'), page('Bread', 'Sourdough takes two days.'));
  await tab.getByText('Sourdough takes').waitFor();
  assert.ok(!(await readFile(join(root, 'bread.html'), 'utf8')).includes('/.exemplar/'), 'the site has no script of the preview');
});
