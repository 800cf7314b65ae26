// The types of the client's arguments and results.

/** A component of a method: one way to score passages. */
export type Component = 'knn' | 'svm' | 'whitened' | 'lexical';
type Term = Component | `${number}*${Component}`;
/**
 * A method of ranking: `auto`, the best for what is asked; one component; `hybrid`, which is kNN and the SVM; or a weighted
 * sum of components, such as `knn+lexical` or `knn+0.5*lexical`.
 *
 * In a sum of more than two, the compiler checks only the first two, because it cannot compare all combinations.
 */
export type Method = 'auto' | 'hybrid' | Term | `${Term}+${Term}` | `${Term}+${Term}+${string}`;

/** The `code` of an `ExemplarError`, which lists what each means. */
export type ErrorCode = typeof import('./errors.js').errorCodes[number];

export interface TextAndEmbedding {
  /** The text as it was typed: `lexical` ranks by it, and highlights mark its words. */
  text?: string;
  /** Whether the reader may still be typing the last word of the text; default false. */
  unfinished?: boolean;
  /**
   * The vector that the other methods rank by: as many finite numbers as the space has dimensions, not all zero. If it is
   * missing, the bundle's query encoder makes it from the text.
   */
  embedding?: ArrayLike<number>;
}

/** A text, an embedding, or both. */
export type Query = string | ArrayLike<number> | TextAndEmbedding;

/** What to rank by: liked and disliked articles, with or without a query. */
export interface Examples {
  query?: Query;
  /** Ids of articles that the reader likes. */
  more?: readonly string[];
  /** Ids of articles that the reader does not want. */
  less?: readonly string[];
}

export interface Abortable {
  /** Aborts the call: the promise rejects with the signal's reason, as that of `fetch()` does. */
  signal?: AbortSignal;
}

export interface LoadOptions extends Abortable {
  /**
   * Whether vectors and queries are scaled to unit length. If false, they keep their lengths, and `knn` ranks by dot products.
   * Default true.
   */
  normalize?: boolean;
  /**
   * Whether the rest of a bundle in shards, up to 20,000 passages, is loaded while no search runs. It is not if the reader saves
   * data. Default true.
   */
  background?: boolean;
  onProgress?: (progress: Progress) => void;
  /** For a remote bundle: what asks the engine that holds the rows. The other options for bundles do not count for it. */
  candidates?: CandidatesSource;
}

/**
 * The address of an endpoint that answers `POST /v1/candidates`, absolute or relative to the page; or a function that asks the engine. An
 * endpoint has 10 seconds to answer, and so has the function. docs/remote.md says what both give.
 */
export type CandidatesSource = string | URL | ((request: CandidatesRequest, options: { signal: AbortSignal }) => Promise<CandidatesResponse>);

/** The union of the `k` rows with the highest inner products with `vector` and of the `k` that fit the words of `text` best is wanted. */
export interface CandidatesRequest {
  /** Missing if words alone are asked for. */
  vector?: Float32Array;
  k: number;
  /** Missing if words are not asked for. */
  text?: string;
  /** Only rows of articles that have, in each field, one of its values. */
  filter: Record<string, readonly string[]>;
}

export interface CandidatesResponse {
  rows: readonly Candidate[];
  /** The rows' unit vectors, one after the other: numbers, or float16 values in base64, little-endian. */
  vectors?: ArrayLike<number> | string;
  /** If some of the engine's parts, such as shards, did not answer. */
  partial?: Partially;
}

/** A row of an engine: a passage and its article. */
export interface Candidate {
  /** Different from every other row's. */
  id: string;
  article: { id: string; title: string; url: string; fields?: Record<string, unknown> };
  /** `index` says which of its article's passages it is, from 0. */
  passage: { index: number; text?: string; heading?: readonly string[]; anchor?: string };
  /** The engine's own inner product; it is not used. */
  score?: number;
  /** How well the words of the request's text fit, by the engine's own measure; missing if no word did. */
  words?: number;
}

/** How many of an engine's parts did not answer. */
export interface Partially {
  missing: number;
  of: number;
}

export interface RankingOptions {
  /** Default `auto`. */
  method?: Method;
  /** Instead of `method`: the weights of several components, 0 or above. */
  methods?: Partial<Scores>;
  /** How the scores of a sum are combined: by z-scores (default) or reciprocal ranks. */
  fusion?: 'z-score' | 'rrf';
  /** Hits to return, a whole number from 1; default 10. */
  k?: number;
  /** How many passages of an article its hit may name, a whole number from 1; default 1. */
  passages?: number;
  /**
   * Only articles that have, in each field, one of its values, or a value within its range: `lang`, `tags`, `date`, or another field of
   * articles that holds a text, a number, or a list of them. It selects from the whole ranking and changes no score. Default none.
   */
  filter?: Record<string, readonly string[] | Range>;
  /** Fields whose values are counted in the result; default none. */
  facets?: readonly string[];
  /**
   * 0 to 1: leaves out hits whose score, scaled to 0..1 over all passages, is below it. Default none. The best hit is always at 1,
   * so it cannot tell whether there is anything to find: see `closeness`.
   */
  relevanceThreshold?: number;
  /** How easily hits are called close; see `closeness`. Default `mild`. */
  strictness?: Strictness;
  /** The SVM's cost of errors against the margin, 1e-6 to 1e6; default 0.1. */
  C?: number;
  /** The largest error of the SVM's scores, 1e-7 to 1; default 5e-5. */
  tolerance?: number;
  /** Weight of the query and the liked articles in the SVM, on top of balanced classes, 1e-3 to 1e3; default 1. */
  positiveWeight?: number;
  /** Weight of a passage of a disliked article in the SVM, relative to another passage, 1e-3 to 1e3; default 10. */
  lessWeight?: number;
  /** Whether the SVM and `whitened` align the query, if the bundle holds its mean query; default true. */
  align?: boolean;
  /** When the solver stops; with `topk`, for the SVM alone, as soon as the order of its hits is proven. Default `converged`. */
  stop?: 'converged' | 'topk';
  /** The SVM's solver: `coordinate-descent` is the slow reference. Default `newton`. */
  solver?: 'newton' | 'coordinate-descent';
  /** Sets the order in which `coordinate-descent` visits the passages, a whole number from 0; default random. */
  seed?: number;
}

export interface SearchOptions extends RankingOptions, Abortable {
  /** For `search` on a bundle in shards, and on several bundles: called with the result so far, each time more of it is known. */
  onUpdate?: (result: Omit<SearchResult, 'milliseconds'>) => void;
}

export interface Article {
  /** If several bundles are searched: the bundle's address, `#`, and the article's id in it. */
  id: string;
  /** Text, never markup. */
  title: string;
  /**
   * As in the bundle: http(s), or relative to the site's root. If several bundles are searched, it is absolute, relative to the folder that
   * holds the bundle's folder. It is not checked yet; see `safeLink`.
   */
  url: string;
  excerpt?: string;
  /** A BCP 47 language tag. */
  lang?: string;
  /** An ISO 8601 date. */
  date?: string;
  tags?: string[];
  /** The address of a picture, as `url`. It is not checked. */
  image?: string;
}

export interface Passage {
  /** The fragment that leads to the passage on its article's page, without `#`. */
  anchor?: string;
  /** The headings above the passage, outermost first. */
  heading?: string[];
  /** Where further sections begin within its text, in order. As in the bundle: it is not checked. */
  sections?: Section[];
}

/** A section that begins within a passage, as those of a short page do. */
export interface Section {
  /** The line of the passage's text that it begins with, from 0. */
  line: number;
  /** As a passage's; none where the page's top leads to it. */
  anchor?: string;
  /** As a passage's. */
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
  /**
   * The method's score; higher is better. What was typed as it stands in a title or a heading is lifted above all else, where the
   * method counts words.
   */
  score: number;
  /** The component scores that the method computed. */
  scores: Partial<Scores>;
  article: Article;
  /** The address of the hit's bundle, if several are searched. */
  bundle?: string;
  /** The article's best passage, whose scores these are. */
  passage: Passage;
  /** Which of the bundle's passages it is, from 0; for a remote bundle, which of its article's. */
  passageIndex: number;
  /** The passage's text, if the bundle has it. */
  text?: string;
  /** Where the query's words occur, if it has a text. */
  highlights?: Highlights;
  /**
   * Further passages of the article, best first, each under another heading, that score no lower than the last hit: at most
   * `passages` minus one.
   */
  others?: OtherPassage[];
}

export interface OtherPassage {
  /** The method's score; higher is better. */
  score: number;
  passage: Passage;
  /** The passage's text, if the bundle has it. */
  text?: string;
}

/**
 * Bounds of a value, which belong to the range. A bound that is a number is compared with numbers, and with the years of dates; another
 * letter by letter, as dates can be: `{ from: '2026-01', to: '2026-03' }` has all of January to March.
 */
export interface Range {
  from?: string | number;
  to?: string | number;
}

/** The counts of a field in `facets`. */
export interface Facet {
  field: string;
  /**
   * For each value, how many articles with it would be hits if `k` had no limit and the filter did not mention this field.
   * The commonest value comes first.
   */
  counts: { value: string; count: number }[];
}

/** Ranges of a string, as its `slice` takes them. They ascend and do not touch. */
export type Ranges = [start: number, end: number][];

/** Where the words of the query occur. */
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

/**
 * How close hits come to a query: `good`; `nearest`, where nothing is close and the hits are what is nearest; or `nothing`, without
 * hits.
 */
export type Closeness = 'good' | 'nearest' | 'nothing';

/** How easily hits are called close: with `off`, nothing is said of it, and all are hits. */
export type Strictness = 'off' | 'mild' | 'strict';

export interface SearchResult {
  /** The method that ranked: what `auto` stood for, and a sum with its weights. */
  method: Method;
  /** Best first. */
  hits: Hit[];
  /** The counts of the fields in the option `facets`. */
  facets?: Facet[];
  svm?: SvmReport;
  /** Whether the order of the hits is proven, if the method is the SVM alone. */
  topKFinal?: boolean;
  /**
   * If the bundle's query encoder encoded the query: how much of the query it knows, 0 to 1. At 0 there is no embedding, and only
   * the query's words ranked.
   */
  known?: number;
  /**
   * How close the hits come to the query, if the bundle can tell, the method uses vectors, and there are no examples. For a bundle in
   * shards it is missing until all is there that it depends on.
   */
  closeness?: Closeness;
  /**
   * For a bundle in shards and a remote bundle: the share of the hits of all passages that these are expected to contain, 0 to 1. Missing
   * if the whole bundle was ranked.
   */
  complete?: number;
  /**
   * For a bundle in shards: what was fetched while this search ran, from the network or the browser's cache. Without the manifest and
   * the shard that `load` fetches.
   */
  fetched?: { files: number; bytes: number };
  /**
   * For a bundle in shards: why some of it could not be loaded; for several bundles, why one of them gave no hits or not all, and its address. The hits
   * are those of the rest.
   */
  problem?: { code: ErrorCode; message: string; bundle?: string };
  /** For a remote bundle: how many rows were looked at, and how many requests to the engine that took. */
  lookedAt?: number;
  requests?: number;
  /** For a remote bundle: how many of the engine's parts did not answer. The hits are those of the rest. */
  partial?: Partially;
  /** The time that ranking took, without the way to the engine and back. */
  milliseconds: number;
}

/**
 * The passages in the plane in which they differ most, and a search's view of them. The optional fields are missing if there is no
 * vector to search with.
 */
export interface PassageMap {
  /** One value for each passage. */
  x: Float32Array;
  /** One value for each passage. */
  y: Float32Array;
  /** Each passage's cosine similarity with the vector that kNN compares with. */
  similarities?: Float32Array;
  /**
   * For each passage, the SVM's score plus its intercept. A passage above -1 is active: it is within the margin, and without it
   * the SVM would be different.
   */
  decisions?: Float32Array;
  /** How many passages are active. */
  active?: number;
  /** x and y of the vector that kNN compares with. */
  target?: Float32Array;
  /**
   * Four numbers for each of the SVM's positives (the aligned query, and each liked article): x, y, its cosine similarity with the
   * vector that kNN compares with, and the SVM's decision on it.
   */
  positives?: Float32Array;
  svm?: SvmReport;
}

/** What the query encoder makes of a text. */
export interface Encoded {
  /** The embedding, of unit length; missing if the encoder knows nothing of the text. */
  vector?: Float32Array;
  /** How much of the text the encoder knows, 0 to 1; an estimate of how far to trust the vector. */
  known: number;
}

/** What to send to an embedding API beside the text. */
export interface Recipe {
  prefix?: string;
  input_type?: string;
  /** The request's model, if it differs from the space's. */
  model?: string;
  /** Further fields of the request. */
  fields?: Record<string, unknown>;
}

export interface EmbeddingSpace {
  model: string;
  dimensions: number;
  normalized: boolean;
  /** Whether vectors are the first values of the model's; a query's is cut in the same way. */
  truncated?: boolean;
  query?: Recipe;
  passage?: Recipe;
  /** Texts and their vectors by the query recipe. */
  probes?: { text: string; vector: number[] }[];
}

export interface IndexInfo {
  /** How many articles there are. */
  articles: number;
  /** How many passages there are. */
  passages: number;
  dimensions: number;
  /** Whether the bundle has keywords, which `lexical` needs. */
  keywords: boolean;
  /** Whether the bundle has a query encoder, which makes a query's embedding without an API. */
  encoder: boolean;
  /** The type of the vectors in memory; `shards` if they are fetched as they are needed, `remote` if an engine has them. */
  vectors: 'float32' | 'int8' | 'shards' | 'remote';
  /** What ranking computes with. */
  instructions: 'simd128' | 'scalar';
  space: EmbeddingSpace;
  /** The addresses of the bundles, if several are searched. The counts are of those that are there. */
  bundles?: string[];
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
