import { openaiEmbedder, queryRecipe } from '../client/exemplar-search.js';
import { ApiKey } from './api-key.js';

/**
 * @import { Embedder } from '../client/types.js'
 * @import { SearchIndex } from '../client/client.js'
 */

/** What embeds a box's queries, beside the bundle's own encoder: a function of the page's, or an embedding API. */
export class EmbedderChoice {
  /** The page's. @type {Embedder | undefined} */
  own;
  key = new ApiKey();

  /**
   * @param {SearchIndex} index
   * @param {{ api?: string, apiModel?: string }} attributes
   * @returns {Embedder | undefined}
   */
  for(index, { api, apiModel }) {
    if (this.own || !api) return this.own;
    const recipe = queryRecipe(index.space);
    return openaiEmbedder({ ...recipe, endpoint: api, model: apiModel ?? recipe.model, apiKey: this.key.for(api) });
  }
}
