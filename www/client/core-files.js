/**
 * Where the core's files are. Each address is written so that a bundler sees it, takes the file along and puts its new address
 * here. A worker is a file like them, of which a bundler sees nothing: the page tells it these addresses.
 */
export const coreFiles = {
  // Packed by the build, as not every host packs WebAssembly.
  whole: new URL('./pkg-whole/exemplar_search_bg.wasm.gz', import.meta.url).href,
  shards: new URL('./pkg-shards/exemplar_search_bg.wasm.gz', import.meta.url).href,
  remote: new URL('./pkg-remote/exemplar_search_bg.wasm.gz', import.meta.url).href,
  all: new URL('./pkg/exemplar_search_bg.wasm.gz', import.meta.url).href,
  /** What calls `all`. */
  glue: new URL('./pkg/exemplar_search.js', import.meta.url).href,
  /** All of the core as plain JavaScript, which a site may leave out. */
  javascript: new URL('./pkg-js/exemplar_search.js', import.meta.url).href,
};
