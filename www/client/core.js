import { download } from './download.js';
import { ExemplarError } from './errors.js';
import { initSync as initShards, Shards } from './pkg-shards/exemplar_search.js';
import { initSync as initWhole, Loader } from './pkg-whole/exemplar_search.js';

/**
 * @typedef {typeof import('./pkg/exemplar_search.js')} Core what loads bundles, in one file or in shards
 * @typedef {'whole' | 'shards' | 'all'} Part of the core, by what it loads. `whole` has `Loader` alone, `shards` has `Shards` without
 *   `index`: each is what the first hits of such a bundle need. `all` makes shards a whole bundle, too
 */

/** Each with where its bytes are, packed by the build, as not every host packs WebAssembly, and with what calls them. */
const parts = {
  whole: {
    wasm: new URL('./pkg-whole/exemplar_search_bg.wasm.gz', import.meta.url).href,
    glue: () => ({ initSync: initWhole, Loader }),
  },
  shards: {
    wasm: new URL('./pkg-shards/exemplar_search_bg.wasm.gz', import.meta.url).href,
    glue: () => ({ initSync: initShards, Shards }),
  },
  all: {
    wasm: new URL('./pkg/exemplar_search_bg.wasm.gz', import.meta.url).href,
    // No reader needs it at first, and most never do.
    glue: () => import(new URL('./pkg/exemplar_search.js', import.meta.url).href),
  },
};
/** All of the core as plain JavaScript, which a site may leave out. */
const JAVASCRIPT = new URL('./pkg-js/exemplar_search.js', import.meta.url).href;
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
 * @returns {Promise<Core>}
 */
export function startCore(part, onProgress) {
  const name = runsWasm() ? part : 'javascript';
  const before = cores.get(name);
  if (before) return before;
  const core = name === 'javascript' ? startJavaScript() : startWasm(name, onProgress);
  cores.set(name, core);
  core.catch(() => cores.delete(name));
  return core;
}

/**
 * @param {Part} part
 * @param {import('./download.js').OnProgress} onProgress
 */
async function startWasm(part, onProgress) {
  const { wasm, glue } = parts[part];
  const [core, module] = await Promise.all([glue(), download(wasm, onProgress).then(unpacked).then(WebAssembly.compile)]);
  core.initSync({ module });
  return core;
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
