import type { Embedder } from '../client/embedder.js';
import type { Article, Hit } from '../client/engine.js';
import type { Strings } from './strings.js';

export type SearchState = 'idle' | 'loading' | 'searching' | 'results' | 'none' | 'degraded' | 'failed';

/** See docs/component.md. */
export class ExemplarSearch extends HTMLElement {
  /** What the box says, by BCP 47 tag in lower case. */
  static languages: Record<string, Partial<Strings>>;
  /** The query. */
  value: string;
  readonly state: SearchState;
  /** Whether the panel is open. */
  readonly open: boolean;
  strings: Partial<Strings> | undefined;
  /** What places a query among the articles, in place of the attribute `api`. */
  embedder: Embedder | undefined;
  /** `keep`: also in the tab's session storage. */
  setApiKey(key: string | undefined, options?: { keep?: boolean }): void;
  /** Opens the panel and takes the focus. */
  show(): void;
  close(): void;
}

export interface ExemplarSearchEvents {
  'exemplar-open': CustomEvent<null>;
  'exemplar-close': CustomEvent<null>;
  'exemplar-search': CustomEvent<{ query: string }>;
  'exemplar-results': CustomEvent<{ query: string; hits: Hit[]; state: SearchState }>;
  'exemplar-select': CustomEvent<{ query: string; hit: Hit; url: string }>;
  'exemplar-refine': CustomEvent<{ query: string; more: Article[]; less: Article[] }>;
  'exemplar-error': CustomEvent<{ query: string; error: { code?: string; message?: string; status?: number } }>;
}

declare global {
  interface HTMLElementTagNameMap {
    'exemplar-search': ExemplarSearch;
  }
  interface HTMLElementEventMap extends ExemplarSearchEvents {}
  interface DocumentEventMap extends ExemplarSearchEvents {}
}
