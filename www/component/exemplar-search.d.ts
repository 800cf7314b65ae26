import type { Article, Closeness, ExemplarError, Hit } from '../client/exemplar-search.js';
import { ExemplarSearch, type SearchState } from './element.js';

export { ExemplarSearch, type SearchState };

/** The element's events, by their names. All bubble, cross shadow roots, and can be cancelled; see docs/component.md. */
export interface ExemplarSearchEvents {
  'exemplar-open': CustomEvent<null>;
  'exemplar-close': CustomEvent<null>;
  'exemplar-search': CustomEvent<{ query: string }>;
  'exemplar-results': CustomEvent<{ query: string; hits: Hit[]; state: SearchState; closeness?: Closeness }>;
  'exemplar-select': CustomEvent<{ query: string; hit: Hit; url: string }>;
  'exemplar-refine': CustomEvent<{ query: string; more: Article[]; less: Article[] }>;
  'exemplar-error': CustomEvent<{ query: string; error: ExemplarError }>;
}

declare global {
  interface HTMLElementTagNameMap {
    'exemplar-search': ExemplarSearch;
  }
  interface HTMLElementEventMap extends ExemplarSearchEvents {}
  interface DocumentEventMap extends ExemplarSearchEvents {}
}
