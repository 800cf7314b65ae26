// node scripts/wasm2js.mjs IN.wasm OUT.js: the core as plain JavaScript, for pages whose policy refuses WebAssembly. IN is
// what cargo built without SIMD; OUT is a module with the same exports as the wasm package.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);
const [input, output] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'exemplar-wasm2js-'));

try {
  // wasm2js knows neither reference types nor several results. The code uses none by itself: wasm-bindgen would bring them
  // in, where the module says that its engine has them.
  await writeFile(join(folder, 'core.wasm'), without(await readFile(input), ['reference-types', 'multivalue']));
  await run('wasm-bindgen', [join(folder, 'core.wasm'), '--target', 'bundler', '--no-typescript', '--out-dir', folder, '--out-name', 'core']);
  // One pass makes one store of a small copy, wherever it begins, and wasm2js then ends at its alignment.
  await run(resolve('node_modules/.bin/wasm2js'), [join(folder, 'core_bg.wasm'), '--all-features',
    '--llvm-nontrapping-fptoint-lowering', '--llvm-memory-copy-fill-lowering', '--signext-lowering', '-O', '--skip-pass=optimize-instructions', '-o', join(folder, 'core_bg.wasm.js')]);
  // As memory that grows in WebAssembly, the old buffer must end: by that wasm-bindgen knows that its views are stale.
  await replaceIn(join(folder, 'core_bg.wasm.js'), '   buffer = newBuffer;', '   buffer.transfer(0);\n   buffer = newBuffer;');
  // wasm-bindgen leaves this import where there are no reference types; the answer is the end of the constants in its heap.
  await writeFile(join(folder, 'statics.js'), 'export const __wbindgen_externref_statics_end = () => 1028;');
  await replaceIn(join(folder, 'core.js'), 'core_bg.wasm"', 'core_bg.wasm.js"');
  await build({
    entryPoints: [join(folder, 'core.js')],
    alias: { __wbindgen_externref_xform__: join(folder, 'statics.js') },
    bundle: true,
    format: 'esm',
    minify: true,
    logLevel: 'error',
    outfile: output,
  });
} finally {
  await rm(folder, { recursive: true });
}

/**
 * @param {string} path
 * @param {string} before must be there, once
 * @param {string} after
 */
async function replaceIn(path, before, after) {
  const parts = (await readFile(path, 'utf8')).split(before);
  if (parts.length !== 2) throw new Error(`${path} has ${JSON.stringify(before)} ${parts.length - 1} times: expected once`);
  await writeFile(path, parts.join(after));
}

/**
 * The module, which then says that it does without these features.
 * @param {Buffer} wasm
 * @param {string[]} features
 */
function without(wasm, features) {
  for (const name of features) {
    const at = wasm.indexOf(`+${String.fromCharCode(name.length)}${name}`, wasm.lastIndexOf('target_features'));
    if (at >= 0) wasm[at] = '-'.charCodeAt(0);
  }
  return wasm;
}
