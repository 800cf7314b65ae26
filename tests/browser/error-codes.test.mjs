import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { ExemplarError, errorCodes } from '../../www/client/errors.js';

test('every code of the core is one of the client\'s, and each is documented', async () => {
  const read = (path) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const [, body] = /fn code\(self\)[^{]*\{(.*?)\n    \}/s.exec(await read('src/error.rs'));
  const core = [...body.matchAll(/=> "([a-z-]+)"/g)].map(([, code]) => code).filter((code) => code !== 'encoder-training');
  assert.ok(core.length > 10, 'the codes of the core are where they were');
  assert.deepEqual(core.filter((code) => !errorCodes.includes(code)), []);
  const documented = new Set([...(await read('docs/javascript.md')).matchAll(/`([a-z-]+)`/g)].map(([, code]) => code));
  assert.deepEqual(errorCodes.filter((code) => !documented.has(code)), []);
});

test('an error of another kind is a fault', () => {
  assert.equal(ExemplarError.from(new Error('x')).code, 'internal');
  assert.equal(ExemplarError.from({ code: 'ECONNREFUSED', message: 'x' }).code, 'internal');
  assert.equal(ExemplarError.from({ code: 'option', message: 'k is 0' }).code, 'option');
});
