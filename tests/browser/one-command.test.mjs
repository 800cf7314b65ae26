// A folder of pages becomes a site with search by one command: no key, no API, nothing to copy.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { BIN, atEnd, serve } from './support.mjs';
import { boxHits, inState, openBox, type } from './component-support.mjs';

const run = promisify(execFile);
const MODEL = resolve(import.meta.dirname, '../../target/models/multilingual-e5-small');

/** What the book's own scripts say: they ask other hosts. */
const OF_THE_BOOK = /\/book\/|play\.rust-lang\.org/;

/** Part of the Rust Book, built where it stands. */
async function builtSite(t, options) {
  const { stdout } = await run('rustc', ['--print', 'sysroot']);
  const book = join(stdout.trim(), 'share/doc/rust/html/book');
  const root = await mkdtemp(join(tmpdir(), 'exemplar-'));
  atEnd(t, () => rm(root, { recursive: true }));
  const wanted = (name) => !name.endsWith('.html') || /^(ch0[4]|ch16)/.test(name);
  for (const name of (await readdir(book)).filter(wanted)) await cp(join(book, name), join(root, 'book', name), { recursive: true });
  const env = { ...process.env, EXEMPLAR_CACHE: 'off' };
  delete env.EXEMPLAR_WEB_FILES;
  const { stdout: said } = await run(BIN, ['build', '--site', root, '--inject', ...options], { env, maxBuffer: 1 << 26 });
  return { root, said };
}

async function searches(t, root, query, finds) {
  const page = await openBox(t, `${await serve(t, { dist: root, api: null })}book/ch04-01-what-is-ownership.html`, { console: OF_THE_BOOK });
  await type(page, query);
  await inState(page, 'results');
  const hits = await boxHits(page);
  assert.match(hits[0].href, finds);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(finds);
  // The box is there too, and finds from there.
  await page.locator('exemplar-search [part="input"]').first().waitFor();
}

test('a folder is searched by meaning after one command, with a model on this machine', async (t) => {
  if (!(await readdir(MODEL).catch(() => undefined))) {
    assert.ok(!process.env.CI, `${MODEL} is missing`);
    return t.skip(`${MODEL} is missing: scripts/e5-model.sh`);
  }
  const { root, said } = await builtSite(t, ['--model-dir', MODEL, '--include', 'book/ch16*', '--query-texts', '200']);
  assert.match(said, /the search box is on \d+ pages/);
  const again = await readFile(join(root, 'exemplar/bundle.json'), 'utf8');
  assert.ok(JSON.parse(again).parts.encoder, 'it has a query encoder');
  await searches(t, root, 'how to share state between threads', /ch16-0\d/);
});
