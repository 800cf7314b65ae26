import { download } from './download.js';
import { ExemplarError } from './errors.js';
import init, { Loader, Shards } from './pkg/exemplar_search.js';

/** @typedef {{ Loader: typeof Loader, Shards: typeof Shards }} Core what loads bundles, in one file or in shards */

/** Packed by the build, as not every host packs WebAssembly. */
const WASM = new URL('./pkg/exemplar_search_bg.wasm.gz', import.meta.url).href;
/** The same core as plain JavaScript, which a site may leave out. */
const JAVASCRIPT = new URL('./pkg-js/exemplar_search.js', import.meta.url).href;
/** The first byte of what is packed. */
const GZIP = 0x1f;
/** A module that does nothing, with one instruction of the kind that the core needs. */
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** @type {Promise<Core> | undefined} */
let core;

/**
 * Starts the core, once for all indexes of this thread: a second start of WebAssembly would pull the memory from under the
 * first one's. That is also why no caller's signal reaches it. A failed start is forgotten, so that one may retry.
 *
 * @param {import('./download.js').OnProgress} onProgress
 * @returns {Promise<Core>}
 */
export function startCore(onProgress) {
  core ??= (runsWasm() ? startWasm(onProgress) : startJavaScript()).catch((error) => {
    core = undefined;
    throw error;
  });
  return core;
}

/** @param {import('./download.js').OnProgress} onProgress */
async function startWasm(onProgress) {
  await init({ module_or_path: await unpacked(await download(WASM, onProgress)) });
  return { Loader, Shards };
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
    return await import(JAVASCRIPT);
  } catch (cause) {
    const message = `WebAssembly with SIMD does not run here (a policy without 'wasm-unsafe-eval'?), and ${JAVASCRIPT} could not be loaded`;
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
