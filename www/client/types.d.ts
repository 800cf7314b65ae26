// What goes into the client and comes out of it.

/** What scores a passage. */
export type Component = 'knn' | 'svm' | 'whitened' | 'lexical';
type Term = Component | `${number}*${Component}`;
/**
 * A way of ranking: `auto`, the best for what there is to rank by; one component; `hybrid`, which is kNN and the SVM; or a
 * weighted sum of components, such as `knn+lexical` or `knn+0.5*lexical`.
 *
 * Of a sum of more than two, the compiler checks the first two: all combinations are more than it can compare.
 */
export type Method = 'auto' | 'hybrid' | Term | `${Term}+${Term}` | `${Term}+${Term}+${string}`;

/** The `code` of an ExemplarError, see there. */
export type ErrorCode = typeof import('./errors.js').errorCodes[number];

export interface TextAndEmbedding {
  /** As it was typed: what `lexical` ranks by, and what the highlights are of. */
  text?: string;
  /** Whether the last word of the text may still go on; default false. */
  unfinished?: boolean;
  /**
   * What the other methods rank by: as many finite numbers as the space has dimensions, of any length but zero. Where it is
   * missing, the bundle's query encoder makes it of the text.
   */
  embedding?: ArrayLike<number>;
}

/** A text, an embedding, or both. */
export type Query = string | ArrayLike<number> | TextAndEmbedding;

/** What to rank by: articles, with or without a query. */
export interface Examples {
  query?: Query;
  /** Ids of articles that the reader likes. */
  more?: readonly string[];
  /** Ids of articles that the reader does not want. */
  less?: readonly string[];
}

export interface Abortable {
  /** Where it is aborted, the promise rejects with its reason, as `fetch()` does. */
  signal?: AbortSignal;
}

export interface LoadOptions extends Abortable {
  /**
   * Whether vectors and queries are brought to unit length; without it they keep theirs, and `knn` ranks by dot products.
   * Default true.
   */
  normalize?: boolean;
  /**
   * Whether the rest of a bundle in shards is loaded while nothing is asked, up to 20,000 passages; not where the reader saves data.
   * Default true.
   */
  background?: boolean;
  onProgress?: (progress: Progress) => void;
}

export interface RankingOptions {
  /** Default `auto`. */
  method?: Method;
  /** Instead of `method`: the weights of several components, 0 or above. */
  methods?: Partial<Scores>;
  /** How several are put together: by z-scores (default) or reciprocal ranks. */
  fusion?: 'z-score' | 'rrf';
  /** Hits to return, a whole number from 1; default 10. */
  k?: number;
  /** Passages of an article that a hit tells of at most, a whole number from 1; default 1. */
  passages?: number;
  /**
   * Only articles that have, in each field, one of its values: `lang`, `tags`, or another field of articles that holds a text
   * or a list of texts. It takes from the whole ranking and changes no score.
   */
  filter?: Record<string, readonly string[]>;
  /** Fields whose values are counted in the result; default none. */
  facets?: readonly string[];
  /** Leaves out hits whose score, brought to 0..1 over all passages, is below it. */
  relevanceThreshold?: number;
  /** The SVM's cost of errors against the margin, 1e-6 to 1e6; default 0.1. */
  C?: number;
  /** How far the SVM's scores may be from the exact ones, 1e-7 to 1; default 5e-5. */
  tolerance?: number;
  /** Weight of the query and the liked articles in the SVM, beside balanced classes, 1e-3 to 1e3; default 1. */
  positiveWeight?: number;
  /** Weight of a passage of a disliked article in the SVM, beside another passage, 1e-3 to 1e3; default 10. */
  lessWeight?: number;
  /** Whether the SVM and `whitened` align the query, where the bundle knows how; default true. */
  align?: boolean;
  /** Whether the SVM alone may stop as soon as the order of its hits is proven; default `converged`. */
  stop?: 'converged' | 'topk';
  /** The SVM's solver; the second is the slow reference; default `newton`. */
  solver?: 'newton' | 'coordinate-descent';
  /** Of the order in which `coordinate-descent` visits the passages, a whole number from 0; default random. */
  seed?: number;
}

export interface SearchOptions extends RankingOptions, Abortable {
  /** Of `search` on a bundle in shards: is given the hits as far as they are known, each time more is. */
  onUpdate?: (result: Omit<SearchResult, 'milliseconds'>) => void;
}

export interface Article {
  id: string;
  /** Text, never markup. */
  title: string;
  /** As the bundle has it: http(s), or relative to the page; not yet checked, see safeLink. */
  url: string;
  excerpt?: string;
  /** BCP 47. */
  lang?: string;
  /** ISO 8601. */
  date?: string;
  tags?: string[];
}

export interface Passage {
  /** The fragment that leads to it on its article's page, without `#`. */
  anchor?: string;
  /** The headings above it, outermost first. */
  heading?: string[];
}

/** A passage with its article. */
export interface NamedPassage {
  article: Article;
  passage: Passage;
}

export type Scores = Record<Component, number>;

export interface Hit {
  /** 1 for the best. */
  rank: number;
  /** The method's score; higher is better. */
  score: number;
  /** The component scores that the method computed. */
  scores: Partial<Scores>;
  article: Article;
  /** The article's best, whose scores these are. */
  passage: Passage;
  /** Which of the index's passages it is, from 0. */
  passageIndex: number;
  /** The passage's, where the bundle has it. */
  text?: string;
  /** Where the query had a text. */
  highlights?: Highlights;
  /**
   * Further passages of the article, best first, each of another heading, that score no lower than the last hit: at most
   * `passages` less one.
   */
  others?: OtherPassage[];
}

export interface OtherPassage {
  /** The method's score; higher is better. */
  score: number;
  passage: Passage;
  /** The passage's, where the bundle has it. */
  text?: string;
}

/** A field that was asked for. */
export interface Facet {
  field: string;
  /**
   * How many articles were found that have each value, the commonest first: what would be hits if `k` had no end and the
   * filter asked nothing of this field.
   */
  counts: { value: string; count: number }[];
}

/** Of a string, as its `slice` takes them; ascending, apart from each other. */
export type Ranges = [start: number, end: number][];

/** Where the words of the query stand. */
export interface Highlights {
  /** In the article's title. */
  title: Ranges;
  /** In the article's excerpt. */
  excerpt: Ranges;
  /** In the passage's text. */
  text: Ranges;
}

/** How the SVM was solved. */
export interface SvmReport {
  stop: 'converged' | 'topk' | 'rounding' | 'step-limit';
  gap: number;
  newtonSteps: number;
  passes: number;
}

export interface SearchResult {
  /** What ranked: what `auto` stood for, and a sum with its weights. */
  method: Method;
  /** Best first. */
  hits: Hit[];
  /** Of the fields that were asked for. */
  facets?: Facet[];
  svm?: SvmReport;
  /** Whether the order of the hits is proven, where the method is the SVM alone. */
  topKFinal?: boolean;
  /**
   * Where the bundle's query encoder placed the query: how much of it the encoder knows, 0 to 1. At 0 it placed nothing, and
   * the query had no part in the ranking but for its words.
   */
  known?: number;
  /**
   * Of a bundle in shards: the share of the hits of the whole bundle that these are expected to have, 0 to 1. Missing where all of
   * the bundle was ranked.
   */
  complete?: number;
  /** Of a bundle in shards: why some of it could not be had. The hits are those of the rest. */
  problem?: { code: ErrorCode; message: string };
  /** Time taken to rank, without what it took to reach the engine. */
  milliseconds: number;
}

/**
 * The passages in the plane in which they differ most, and a query's view of them: what that is made of is missing where
 * nothing was searched for by vectors.
 */
export interface PassageMap {
  /** Of each passage. */
  x: Float32Array;
  /** Of each passage. */
  y: Float32Array;
  /** Of each passage, with what kNN compares with. */
  similarities?: Float32Array;
  /**
   * Of each passage: the SVM's score plus its intercept. A passage above -1 is active: it is within the margin, and the SVM
   * would be another without it.
   */
  decisions?: Float32Array;
  /** How many are. */
  active?: number;
  /** x and y of what kNN compares with. */
  target?: Float32Array;
  /**
   * Four numbers for each of the SVM's positives, which are the query, aligned, and liked articles: x, y, its cosine
   * similarity with what kNN compares with, and the SVM's decision on it.
   */
  positives?: Float32Array;
  svm?: SvmReport;
}

/** What the query encoder makes of a text. */
export interface Encoded {
  /** Of unit length; missing where nothing is known. */
  vector?: Float32Array;
  /** How much of the text the encoder knows, 0 to 1; an estimate of how far to trust the vector. */
  known: number;
}

/** What to tell an embedding API beside the text. */
export interface Recipe {
  prefix?: string;
  input_type?: string;
  /** Where it differs from the space's. */
  model?: string;
  /** Further fields of the request. */
  fields?: Record<string, unknown>;
}

export interface EmbeddingSpace {
  model: string;
  dimensions: number;
  normalized: boolean;
  /** Whether vectors are the first values of the model's; a query's is cut likewise. */
  truncated?: boolean;
  query?: Recipe;
  passage?: Recipe;
  /** Texts and their vectors by the query recipe. */
  probes?: { text: string; vector: number[] }[];
}

export interface IndexInfo {
  /** How many. */
  articles: number;
  /** How many. */
  passages: number;
  dimensions: number;
  /** Whether the bundle has keywords, which `lexical` needs. */
  keywords: boolean;
  /** Whether the bundle has a query encoder, which embeds texts without an API. */
  encoder: boolean;
  /** The type of the vectors in memory; `shards` where they are fetched as they are needed. */
  vectors: 'float32' | 'int8' | 'shards';
  /** What ranking computes with. */
  instructions: 'simd128' | 'scalar';
  space: EmbeddingSpace;
}

export interface Progress {
  /** Which download; both run at once. */
  phase: 'wasm' | 'bundle';
  /** Bytes. */
  loaded: number;
  /** Bytes, where the server says so. */
  total?: number;
}

/** Turns a text into its embedding. */
export type Embedder = (text: string, options?: Abortable) => Promise<Float32Array>;
