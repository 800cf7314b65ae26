import { coreFiles } from './core-files.js';
import { download } from './download.js';
import { ExemplarError } from './errors.js';
import { initSync as initShards, Shards } from './pkg-shards/exemplar_search.js';
import { initSync as initWhole, Loader } from './pkg-whole/exemplar_search.js';

/**
 * @typedef {typeof import('./pkg/exemplar_search.js')} Core what loads bundles, in one file or in shards
 * @typedef {'whole' | 'shards' | 'remote' | 'all'} Part of the core, by what it loads. `whole` has `Loader` alone, `shards` has `Shards` without
 *   `index`: each is what the first hits of such a bundle need. `all` makes shards a whole bundle, too
 */

/** What calls each. @type {Record<Part, () => any>} */
const glues = {
  whole: () => ({ initSync: initWhole, Loader }),
  shards: () => ({ initSync: initShards, Shards }),
  // Who loads it brings that along.
  remote: () => undefined,
  // No reader needs it at first, and most never do.
  all: () => load(coreFiles.glue),
};
/** The first byte of what is packed. */
const GZIP = 0x1f;
/** A module that does nothing, with one instruction of the kind that the core needs. */
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** @type {Map<Part | 'javascript', Promise<Core>>} */
const cores = new Map();

/**
 * Starts a part of the core, once for all indexes of this thread: a second start of WebAssembly would pull the memory from under
 * the first one's. That is also why no caller's signal reaches it. A failed start is forgotten, so that one may retry.
 *
 * @param {Part} part
 * @param {import('./download.js').OnProgress} onProgress
 * @param {any} [glue] what calls a part that is not in {@link glues}
 * @returns {Promise<Core>}
 */
export function startCore(part, onProgress, glue) {
  const name = runsWasm() ? part : 'javascript';
  const before = cores.get(name);
  if (before) return before;
  const core = name === 'javascript' ? startJavaScript() : startWasm(name, onProgress, glue);
  cores.set(name, core);
  core.catch(() => cores.delete(name));
  return core;
}

/**
 * @param {Part} part
 * @param {import('./download.js').OnProgress} onProgress
 * @param {any} [glue]
 */
async function startWasm(part, onProgress, glue) {
  const bytes = download(coreFiles[part], onProgress).then(unpacked);
  const [core, module] = await Promise.all([glue ?? glues[part](), bytes.then(WebAssembly.compile)]);
  core.initSync({ module });
  return core;
}

/**
 * A module by its address, which bundlers are to leave as it is.
 * @param {string} url
 */
function load(url) {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url);
}

/**
 * Where a host says of such files that they are packed, the browser has unpacked them already.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function unpacked(bytes) {
  if (bytes[0] !== GZIP) return bytes;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}

/** @returns {Promise<Core>} */
async function startJavaScript() {
  try {
    return await load(coreFiles.javascript);
  } catch (cause) {
    const message = `WebAssembly with SIMD does not run here (a policy without 'wasm-unsafe-eval'?), and ${coreFiles.javascript} could not be loaded`;
    throw new ExemplarError('no-wasm', message, { cause });
  }
}

/** False where a policy or a mode of the browser refuses WebAssembly, and in browsers without its SIMD. */
function runsWasm() {
  try {
    return Boolean(new WebAssembly.Module(SIMD));
  } catch {
    return false;
  }
}
