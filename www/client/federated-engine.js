import { ExemplarError, freed } from './errors.js';
import { Member } from './member.js';
import { mergedResult } from './merged-result.js';
import { COMPARED } from './merging.js';
import { abortable } from './promises.js';

/**
 * @import { CallArguments, CallName } from './calls.js'
 * @import { SearchIndex } from './client.js'
 * @import { How } from './engine.js'
 * @import { Abortable, Embedder, EmbeddingSpace, Examples, IndexInfo, LoadOptions, Progress, Query, RankingOptions, SearchOptions, SearchResult, TextAndEmbedding } from './types.js'
 * @import { Answer } from './merged-result.js'
 *
 * @typedef {object} Question what one bundle is asked
 * @property {Member} member
 * @property {Examples} examples by their ids in this bundle
 */

/** Milliseconds for which the hits of one bundle wait for those of the others, so that rows do not move with each. */
const TOGETHER = 40;

/** Several bundles that are searched as one: each is asked, and their hits are merged. */
export class FederatedEngine {
  #members;
  /** Of the bundle that was there first: embeddings are of it. @type {EmbeddingSpace} */
  #space = /** @type {any} */ (undefined);
  #freed = new AbortController();

  /**
   * Use {@link FederatedEngine.load}.
   * @param {string[]} addresses the bundles', absolute, no two the same
   * @param {LoadOptions} options
   * @param {typeof SearchIndex.load} load what loads one of them
   */
  constructor(addresses, options, load) {
    const told = together(addresses.length, options.onProgress);
    const { signal } = this.#freed;
    this.#members = addresses.map((address, i) => new Member(address, () => load(address, { ...options, onProgress: told[i], signal })));
  }

  /**
   * Resolves as soon as one of them can be searched.
   *
   * @param {Iterable<string | URL>} urls the bundles', absolute or relative to the page
   * @param {LoadOptions} options
   * @param {typeof SearchIndex.load} load what loads one of them
   * @throws {ExemplarError} `option`; what the first rejects with, where none can be loaded
   */
  static async load(urls, { signal, ...options }, load) {
    const addresses = new Set(Array.from(urls, (url) => new URL(url, document.baseURI).href.replace(/#.*/, '')));
    if (!addresses.size) throw new ExemplarError('option', 'no bundle is named: give the address of one or more');
    if (options.candidates !== undefined) {
      throw new ExemplarError('option', 'option candidates is for one remote bundle, and several bundles are named: load it alone');
    }
    const engine = new FederatedEngine([...addresses], options, load);
    try {
      engine.#space = (await abortable(engine.#first(), signal)).space;
      return engine;
    } catch (error) {
      engine.free();
      throw error instanceof AggregateError ? error.errors[0] : error;
    }
  }

  /** Of the bundles that are there. @returns {IndexInfo} */
  get info() {
    const infos = this.#loaded().map(({ info }) => info);
    const [first] = /** @type {[IndexInfo]} */ (infos);
    const sum = (/** @type {'articles' | 'passages'} */ what) => infos.reduce((total, info) => total + info[what], 0);
    return {
      ...first,
      articles: sum('articles'),
      passages: sum('passages'),
      dimensions: this.#space.dimensions,
      keywords: infos.some(({ keywords }) => keywords),
      encoder: infos.some(({ encoder }) => encoder),
      vectors: infos.find(({ vectors }) => vectors === 'shards')?.vectors ?? first.vectors,
      space: this.#space,
      bundles: this.#members.map(({ address }) => address),
    };
  }

  /** `page` if any of them is ranked there. @returns {'worker' | 'page'} */
  get thread() {
    return this.#loaded().some(({ thread }) => thread === 'page') ? 'page' : 'worker';
  }

  /**
   * Each bundle that embeddings are for has probes of its own.
   * @param {Embedder} embed
   * @param {Abortable} options
   */
  async verify(embed, options) {
    const asked = this.#loaded().filter(({ space }) => this.#isOfSpace(space));
    await Promise.all(asked.map((index) => index.verify(embed, options)));
  }

  /**
   * One of {@link calls}, as far as several bundles can answer it together.
   *
   * @template {CallName} Name
   * @param {Name} name
   * @param {CallArguments<Name>} args
   * @param {How} [how]
   * @returns {Promise<any>}
   * @throws {ExemplarError} what the first bundle rejects with, where none answers
   */
  async call(name, args, how = {}) {
    this.#freed.signal.throwIfAborted();
    const [what, options] = /** @type {any} */ (args);
    const { signal } = how;
    switch (name) {
      case 'search': return this.#ask(this.#questions({ query: what }), options, how);
      case 'refine': return this.#ask(this.#questions(what), options, how);
      case 'article': return abortable(this.#article(what), signal);
      case 'plainText': return abortable(this.#first().then((index) => index.plainText(what)), signal);
      case 'complete': return abortable(this.#complete(), signal);
      default: throw new ExemplarError('method-needs', `${name} is of one bundle, and several are searched here: load that one alone`);
    }
  }

  free() {
    this.#freed.abort(freed());
    for (const member of this.#members) member.free();
  }

  #first() {
    return Promise.any(this.#members.map((member) => member.index()));
  }

  /** @returns {SearchIndex[]} */
  #loaded() {
    return this.#members.flatMap(({ loaded }) => loaded ?? []);
  }

  /** @param {EmbeddingSpace} space */
  #isOfSpace(space) {
    const name = (/** @type {EmbeddingSpace} */ { model, dimensions, truncated, query, passage }) => JSON.stringify([model, dimensions, truncated, query, passage]);
    return name(space) === name(this.#space);
  }

  /** @param {string} id */
  async #article(id) {
    for (const member of this.#members) {
      const own = member.ownId(id);
      if (own !== undefined) return member.article(own, {});
    }
    throw unknownArticle(id);
  }

  async #complete() {
    await Promise.all(this.#members.map(async (member) => (await member.index()).complete()));
  }

  /**
   * Articles that the reader likes are compared with those of their own bundle alone.
   * @param {Examples} examples
   * @returns {Question[]}
   */
  #questions({ more = [], less = [], ...rest }) {
    const unknown = [...more, ...less].find((id) => this.#members.every((member) => member.ownId(id) === undefined));
    if (unknown !== undefined) throw unknownArticle(unknown);
    const questions = this.#members.map((member) => {
      const own = (/** @type {readonly string[]} */ ids) => ids.flatMap((id) => member.ownId(id) ?? []);
      return { member, examples: { ...rest, more: own(more), less: own(less) } };
    });
    return more.length ? questions.filter(({ examples }) => examples.more.length) : questions;
  }

  /**
   * @param {Question[]} questions
   * @param {RankingOptions | undefined} options
   * @param {How} how
   * @returns {Promise<SearchResult>}
   */
  async #ask(questions, options, { signal, onUpdate }) {
    /** @type {Answer[]} */
    const answers = questions.map(({ member: { address } }) => ({ bundle: address, passages: 0 }));
    const { text } = partsOf(questions[0]?.examples.query ?? {});
    const result = () => mergedResult(answers, text, options?.k);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const tell = () => {
      timer = undefined;
      const soFar = result();
      if (soFar.hits.length) onUpdate?.(soFar);
    };
    const each = questions.map(async (question, i) => {
      const told = (/** @type {Partial<Answer>} */ news) => {
        Object.assign(/** @type {Answer} */ (answers[i]), { passages: question.member.loaded?.info.passages }, news);
        if (!signal?.aborted) timer ??= setTimeout(tell, TOGETHER);
      };
      try {
        told(await this.#answer(question, { ...options, signal, onUpdate: (result) => told({ result }) }));
      } catch (error) {
        told({ problem: ExemplarError.from(error) });
      }
    });
    try {
      await abortable(Promise.all(each), signal);
    } finally {
      clearTimeout(timer);
    }
    const [first] = answers;
    if (first?.problem && answers.every(({ result }) => !result)) throw first.problem;
    if (answers.every(({ unknown }) => unknown)) throw first?.unknown;
    return result();
  }

  /**
   * @param {Question} question
   * @param {SearchOptions} options
   * @returns {Promise<Partial<Answer>>}
   */
  async #answer(question, options) {
    try {
      return { result: await this.#ranked(question, options) };
    } catch (error) {
      const unknown = ExemplarError.from(error);
      const [, option, field] = (unknown.code === 'option' && /^option (filter|facets) is "(.*?)": expected/.exec(unknown.message)) || [];
      if (option === undefined) throw error;
      // Of a field that only other bundles have, this one has no value.
      if (option === 'filter') return { unknown, result: { method: 'auto', hits: [] } };
      const facets = options.facets?.filter((name) => name !== field);
      return { unknown, ...(await this.#answer(question, { ...options, facets })) };
    }
  }

  /**
   * @param {Question} question
   * @param {SearchOptions} options
   */
  async #ranked({ member, examples: { query = {}, ...examples } }, { k, ...options }) {
    const { space } = await member.index();
    const parts = partsOf(query);
    const placed = !parts.embedding || this.#isOfSpace(space);
    if (!placed && parts.text === undefined) {
      throw new ExemplarError('other-model', `the embedding is of ${this.#space.model}, and ${member.address} of ${space.model}: give the query's text, too`);
    }
    const compared = k !== undefined && k > 0 ? Math.max(k, COMPARED) : k;
    return member.ask({ ...examples, query: placed ? parts : { ...parts, embedding: undefined } }, { ...options, k: compared });
  }
}

/**
 * A query's text and embedding.
 * @param {Query} query
 * @returns {TextAndEmbedding}
 */
function partsOf(query) {
  if (typeof query === 'string') return { text: query };
  return 'length' in query ? { embedding: query } : query;
}

/**
 * Adds up the downloads of several bundles.
 * @param {number} bundles
 * @param {LoadOptions['onProgress']} onProgress
 * @returns {((progress: Progress) => void)[]} what is told of those of each
 */
function together(bundles, onProgress) {
  /** What was told last. @type {Partial<Record<Progress['phase'], Progress>>[]} */
  const last = Array.from({ length: bundles }, () => ({}));
  return last.map((own) => (progress) => {
    const { phase } = progress;
    own[phase] = progress;
    const sum = (/** @type {'loaded' | 'total'} */ what, /** @type {number} */ instead) => last.reduce((sum, { [phase]: one }) => sum + (one?.[what] ?? instead), 0);
    const total = sum('total', NaN);
    onProgress?.({ phase, loaded: sum('loaded', 0), total: Number.isNaN(total) ? undefined : total });
  });
}

/** @param {string} id */
function unknownArticle(id) {
  return new ExemplarError('unknown-article', `no article of these bundles has the id ${JSON.stringify(id)}`);
}
