// The public API: import from here.
export { SearchIndex } from './client.js';
export { openaiEmbedder, queryRecipe } from './embedder.js';
export { ExemplarError } from './errors.js';
export { safeLink } from './safe-link.js';
