import { download, receive, tally } from './download.js';
import { ExemplarError } from './errors.js';
import init, { Loader as WasmLoader } from './pkg/exemplar_search.js';

/**
 * @typedef {'auto' | 'knn' | 'svm' | 'whitened' | 'hybrid' | 'lexical'} Method or a sum, such as `knn+lexical` or `knn+0.5*lexical`
 *
 * @typedef {object} TextAndEmbedding
 * @property {string} [text] as it was typed: what `lexical` ranks by, and what the highlights are of
 * @property {boolean} [unfinished] whether the last word of the text may still go on; default false
 * @property {ArrayLike<number>} [embedding] what the other methods rank by: as many finite numbers as the space has
 *   dimensions, of any length but zero. Where it is missing, the bundle's query encoder makes it of the text
 *
 * @typedef {string | ArrayLike<number> | TextAndEmbedding} Query a text, an embedding, or both
 *
 * @typedef {object} SearchOptions
 * @property {Method | string} [method] default `auto`: the best for what there is to rank by
 * @property {Partial<Scores>} [methods] instead of `method`: the weights of several, 0 or above
 * @property {'z-score' | 'rrf'} [fusion] how several are put together: by z-scores (default) or reciprocal ranks
 * @property {number} [k] hits to return, a whole number from 1; default 10
 * @property {number} [passages] passages of an article that a hit tells of at most, a whole number from 1; default 1
 * @property {Record<string, string[]>} [filter] only articles that have, in each field, one of its values: `lang`, `tags`, or
 *   another field of articles that holds a text or a list of texts. It takes from the whole ranking and changes no score
 * @property {string[]} [facets] fields whose values are counted in the result; default none
 * @property {number} [relevanceThreshold] leaves out hits whose score, brought to 0..1 over all passages, is below it
 * @property {number} [C] the SVM's cost of errors against the margin, 1e-6 to 1e6; default 0.1
 * @property {number} [tolerance] how far the SVM's scores may be from the exact ones, 1e-7 to 1; default 5e-5
 * @property {number} [positiveWeight] of the query and the liked articles in the SVM, beside balanced classes, 1e-3 to 1e3;
 *   default 1
 * @property {number} [lessWeight] of a passage of a disliked article in the SVM, beside another passage, 1e-3 to 1e3;
 *   default 10
 * @property {boolean} [align] whether the SVM and `whitened` align the query, where the bundle knows how; default true
 * @property {'converged' | 'topk'} [stop] whether the SVM alone may stop as soon as the order of its hits is proven;
 *   default `converged`
 * @property {'newton' | 'coordinate-descent'} [solver] of the SVM; the second is the slow reference; default `newton`
 *
 * @typedef {object} Article
 * @property {string} id
 * @property {string} title text, never markup
 * @property {string} url as the bundle has it: http(s), or relative to the page; not yet checked, see safeLink
 * @property {string} [excerpt]
 * @property {string} [lang] BCP 47
 * @property {string} [date] ISO 8601
 * @property {string[]} [tags]
 *
 * @typedef {object} Passage
 * @property {string} [anchor] the fragment that leads to it on its article's page, without `#`
 * @property {string[]} [heading] the headings above it, outermost first
 *
 * @typedef {object} Scores
 * @property {number} knn
 * @property {number} svm
 * @property {number} whitened
 * @property {number} lexical
 *
 * @typedef {object} Examples
 * @property {Query} [query]
 * @property {string[]} [more] ids of articles that the reader likes
 * @property {string[]} [less] ids of articles that the reader does not want
 *
 * @typedef {object} Hit
 * @property {number} rank 1 for the best
 * @property {number} score the method's score; higher is better
 * @property {Partial<Scores>} scores the component scores that the method computed
 * @property {Article} article
 * @property {Passage} passage the article's best, whose scores these are
 * @property {number} passageIndex which of the index's passages it is, from 0
 * @property {string} [text] the passage's, where the bundle has it
 * @property {Highlights} [highlights] where the query had a text
 * @property {OtherPassage[]} [others] further passages of the article, best first, each of another heading, that score no
 *   lower than the last hit: at most `passages` less one
 *
 * @typedef {object} OtherPassage
 * @property {number} score the method's score; higher is better
 * @property {Passage} passage
 * @property {string} [text] the passage's, where the bundle has it
 *
 * @typedef {object} Facet a field that was asked for
 * @property {string} field
 * @property {{ value: string, count: number }[]} counts how many articles were found that have each value, the commonest
 *   first: what would be hits if `k` had no end and the filter asked nothing of this field
 *
 * @typedef {[start: number, end: number][]} Ranges of a string, as its `slice` takes them; ascending, apart from each other
 *
 * @typedef {object} Highlights where the words of the query stand
 * @property {Ranges} title in the article's title
 * @property {Ranges} excerpt in the article's excerpt
 * @property {Ranges} text in the passage's text
 *
 * @typedef {object} SearchResult
 * @property {Method} method its name, or the sum
 * @property {Hit[]} hits best first
 * @property {Facet[]} [facets] of the fields that were asked for
 * @property {{ stop: 'converged' | 'topk' | 'rounding' | 'step-limit', gap: number, newtonSteps: number, passes: number }} [svm]
 *   how the SVM was solved
 * @property {boolean} [topKFinal] whether the order of the hits is proven, where the method is the SVM alone
 * @property {number} [known] where the bundle's query encoder placed the query: how much of it the encoder knows, 0 to 1.
 *   At 0 it placed nothing, and the query had no part in the ranking but for its words
 * @property {number} milliseconds time taken to rank, without what it took to reach the engine
 *
 * @typedef {object} PassageMap the passages in the plane in which they differ most, and a query's view of them: what it is
 *   made of is missing where nothing was searched for by vectors
 * @property {Float32Array} x of each passage
 * @property {Float32Array} y of each passage
 * @property {Float32Array} [similarities] of each passage, with what kNN compares with
 * @property {Float32Array} [decisions] of each passage: the SVM's score plus its intercept. A passage above -1 is active:
 *   it is within the margin, and the SVM would be another without it
 * @property {number} [active] how many are
 * @property {Float32Array} [target] x and y of what kNN compares with
 * @property {Float32Array} [positives] four numbers for each of the SVM's positives, which are the query, aligned, and liked
 *   articles: x, y, its cosine similarity with what kNN compares with, and the SVM's decision on it
 * @property {SearchResult['svm']} [svm]
 *
 * @typedef {object} Encoded what the query encoder makes of a text
 * @property {Float32Array} [vector] of unit length; missing where nothing is known
 * @property {number} known how much of the text the encoder knows, 0 to 1; an estimate of how far to trust the vector
 *
 * @typedef {object} Recipe what to tell an embedding API beside the text
 * @property {string} [prefix]
 * @property {string} [input_type]
 * @property {string} [model] where it differs from the space's
 * @property {Record<string, unknown>} [fields] further fields of the request
 *
 * @typedef {object} EmbeddingSpace
 * @property {string} model
 * @property {number} dimensions
 * @property {boolean} normalized
 * @property {boolean} [truncated] whether vectors are the first values of the model's; a query's is cut likewise
 * @property {Recipe} [query]
 * @property {Recipe} [passage]
 * @property {{ text: string, vector: number[] }[]} [probes] texts and their vectors by the query recipe
 *
 * @typedef {object} IndexInfo
 * @property {number} articles how many
 * @property {number} passages how many
 * @property {number} dimensions
 * @property {boolean} keywords whether the bundle has keywords, which `lexical` needs
 * @property {boolean} encoder whether the bundle has a query encoder, which embeds texts without an API
 * @property {'float32' | 'int8'} vectors the type of the vectors in memory
 * @property {'simd128' | 'scalar'} instructions what ranking computes with
 * @property {EmbeddingSpace} space
 *
 * @typedef {object} Progress
 * @property {'wasm' | 'bundle'} phase which download; both run at once
 * @property {number} loaded bytes
 * @property {number} [total] bytes, where the server says so
 */

/** @typedef {import('./pkg/exemplar_search.js').Index} Index */

const WASM = new URL('./pkg/exemplar_search_bg.wasm', import.meta.url).href;
/** The same core as plain JavaScript, which a site may leave out. */
const JAVASCRIPT = new URL('./pkg-js/exemplar_search.js', import.meta.url).href;
/** A module that does nothing, with one instruction of the kind that the core needs. */
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** @type {Promise<typeof WasmLoader> | undefined} */
let core;

/**
 * Starts the core, once for all indexes of this thread: a second start of WebAssembly would pull the memory from under the
 * first one's. That is also why no caller's signal reaches it. A failed start is forgotten, so that one may retry.
 *
 * @param {(loaded: number, total?: number) => void} onProgress
 */
function startCore(onProgress) {
  core ??= (runsWasm() ? startWasm(onProgress) : startJavaScript()).catch((error) => {
    core = undefined;
    throw error;
  });
  return core;
}

/** @param {(loaded: number, total?: number) => void} onProgress */
async function startWasm(onProgress) {
  await init({ module_or_path: await download(WASM, onProgress) });
  return WasmLoader;
}

/** @returns {Promise<typeof WasmLoader>} */
async function startJavaScript() {
  try {
    return (await import(JAVASCRIPT)).Loader;
  } catch (cause) {
    const message = `WebAssembly with SIMD does not run here (a policy without 'wasm-unsafe-eval'?), nor was ${JAVASCRIPT} to be had`;
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

/** Bytes handed to the core at once: it makes a copy of them, and the browser's chunks may be as large as the file. */
const PIECE = 65536;

/** @param {Uint8Array} chunk */
function* pieces(chunk) {
  let at = 0;
  do yield chunk.subarray(at, at + PIECE); while ((at += PIECE) < chunk.length);
}

/** A bundle in the core's memory, on the thread that loads this module. */
export class Engine {
  /** @type {Index | undefined} */
  #index;

  /** @param {Index} index */
  constructor(index) {
    this.#index = index;
    /** @type {IndexInfo} */
    this.info = index.info();
  }

  /**
   * @param {string} url the bundle's JSON, absolute; files that it names are beside it
   * @param {{ normalize?: boolean, onProgress?: (progress: Progress) => void, signal?: AbortSignal }} [options]
   */
  static async load(url, { normalize = true, onProgress, signal } = {}) {
    const bundle = tally((loaded, total) => onProgress?.({ phase: 'bundle', loaded, total }));
    const [json, Loader] = await Promise.all([
      download(url, bundle(), signal),
      startCore((loaded, total) => onProgress?.({ phase: 'wasm', loaded, total })),
    ]);
    const loader = rethrown(() => new Loader(json));
    try {
      // Straight into the core's memory: the files are most of a bundle, and no byte of them is kept twice.
      const receiving = loader.files().map((name) => {
        let first = true;
        return receive(new URL(name, url).href, (chunk, total) => {
          if (first && total !== undefined) loader.expect(name, total);
          first = false;
          for (const piece of pieces(chunk)) rethrown(() => loader.add(name, piece));
        }, bundle(), signal);
      });
      await Promise.all(receiving);
      signal?.throwIfAborted();
    } catch (error) {
      loader.free();
      throw error;
    }
    return rethrown(() => new Engine(loader.finish(normalize)));
  }

  /**
   * @param {Float32Array} vector an API's, of the first probe's text
   */
  verify(vector) {
    return this.#use((index) => index.verify(vector));
  }

  /**
   * @param {Query} query
   * @param {SearchOptions} [options]
   * @returns {SearchResult}
   */
  search(query, options) {
    const { text, unfinished = false, embedding } = bothOf(query);
    return this.#timed((index) => index.search(text, unfinished, embedding, options));
  }

  /**
   * @param {Examples} examples
   * @param {SearchOptions} [options]
   * @returns {SearchResult}
   */
  refine({ query = {}, more = [], less = [] }, options) {
    const { text, embedding } = bothOf(query);
    return this.#timed((index) => index.refine(text, embedding, more, less, options));
  }

  /**
   * @param {string} text
   * @returns {Encoded}
   */
  encode(text) {
    return this.#use((index) => index.encode(text));
  }

  /**
   * @param {string} id
   * @returns {Article}
   */
  article(id) {
    return this.#use((index) => index.article(id));
  }

  /**
   * @param {Examples} examples
   * @param {SearchOptions} [options]
   * @returns {PassageMap}
   */
  map({ query = {}, more = [], less = [] }, options) {
    const { text, embedding } = bothOf(query);
    return this.#use((index) => index.map(text, embedding, more, less, options));
  }

  /**
   * @param {number[]} indices
   * @returns {{ article: Article, passage: Passage }[]}
   */
  passages(indices) {
    return this.#use((index) => index.passages(Uint32Array.from(indices)));
  }

  /** @returns {Float32Array} a copy of the vectors, row after row */
  vectors() {
    return this.#use((index) => index.vectors());
  }

  free() {
    this.#index?.free();
    this.#index = undefined;
  }

  /**
   * @param {(index: Index) => any} rank
   * @returns {SearchResult}
   */
  #timed(rank) {
    const start = performance.now();
    const result = this.#use(rank);
    return { ...result, milliseconds: performance.now() - start };
  }

  /**
   * @template T
   * @param {(index: Index) => T} call
   * @returns {T}
   */
  #use(call) {
    const index = this.#index;
    if (!index) throw new ExemplarError('freed', 'this index was freed: load it again');
    return rethrown(() => call(index));
  }
}

/**
 * @param {Query} query
 * @returns {{ text?: string, unfinished?: boolean, embedding?: Float32Array }}
 */
function bothOf(query) {
  if (typeof query === 'string') return { text: query };
  const { embedding, ...rest } = 'length' in query ? { embedding: query } : query;
  return { ...rest, embedding: embedding && Float32Array.from(embedding) };
}

/**
 * @template T
 * @param {() => T} run
 * @returns {T}
 */
function rethrown(run) {
  try {
    return run();
  } catch (error) {
    throw ExemplarError.from(error);
  }
}
