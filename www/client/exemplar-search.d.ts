// The public API with its types: import from here.
export { SearchIndex } from './client.js';
export { openaiEmbedder, queryRecipe } from './embedder.js';
export { ExemplarError } from './errors.js';
export { safeLink } from './safe-link.js';
export type * from './types.js';
