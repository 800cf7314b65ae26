import { calls, partsOf, partsOfExamples, timed } from './calls.js';
import { startCore } from './core.js';
import { download } from './download.js';
import { ExemplarError, freed, rethrown } from './errors.js';
import { abortable, pause } from './promises.js';
import { ShardFiles } from './shard-files.js';

/**
 * @import { Index, Shards } from './pkg/exemplar_search.js'
 * @import { CallArguments, CallName } from './calls.js'
 * @import { How } from './engine.js'
 * @import { Core } from './core.js'
 * @import { Examples, IndexInfo, LoadOptions, Query, RankingOptions, SearchResult } from './types.js'
 *
 * @typedef {object} Build one build of the bundle, as far as it is there
 * @property {string} folder of its shards, absolute
 * @property {Uint8Array} manifest
 * @property {Shards} shards
 * @property {Map<string, Uint8Array>} [given] all that `shards` was given, by name, while its core cannot make it a whole bundle
 * @property {ShardFiles} files
 * @property {Index} [index] all of it, once it is there
 * @property {Promise<void>} [renewal] whether there is a newer one has been looked for
 */

/** The version of a bundle in shards. */
const VERSION = 3;
/** The shard that every query needs. */
const START = 'start-0.bin';
/** A manifest is small; what is larger is a bundle in one file. */
const LARGEST_MANIFEST = 1 << 20;
/** Milliseconds after a key before that is fetched which another letter may make useless: who types goes on sooner. */
const STAYS = 150;
/** Milliseconds at least between two looks at what has come so far. */
const LOOK = 40;
/** Milliseconds without a query before the rest is loaded; and passages of a bundle, at most, of which it is. */
const IDLE = 2_000;
const LOADED_UNASKED = 20_000;
/** Downloads of the rest at a time: those of a query must not wait for them. */
const REST_AT_ONCE = 4;

/**
 * The calls that parts of a bundle answer, where they can.
 *
 * @typedef {{ wanted: string[], sure: number, whole: boolean, result: SearchResult }} Answer
 */
const ranks = {
  /**
   * @param {Shards} shards
   * @param {Query} query
   * @param {RankingOptions} [options]
   * @returns {Answer}
   */
  search(shards, query, options) {
    const { text, unfinished, embedding } = partsOf(query);
    return shards.search(text, unfinished, embedding, options);
  },

  /**
   * @param {Shards} shards
   * @param {Examples} examples
   * @param {RankingOptions} [options]
   * @returns {Answer}
   */
  refine(shards, examples, options) {
    return shards.refine(...partsOfExamples(examples), options);
  },
};

/**
 * @typedef {keyof typeof ranks} RankName
 */

/**
 * Whether a file's first bytes look like a manifest's, before it is there.
 * @param {Uint8Array} start
 */
export function beginsAsManifest(start) {
  return new RegExp(`"version"\\s*:\\s*${VERSION}\\b`).test(new TextDecoder().decode(start));
}

/**
 * The folder of a build's shards, beside its manifest; nothing where these are not the bytes of a manifest.
 * @param {Uint8Array} json
 * @param {string} url where they are from
 */
export function shardFolder(json, url) {
  if (json.length > LARGEST_MANIFEST) return undefined;
  try {
    const { version, build } = JSON.parse(new TextDecoder().decode(json));
    return version === VERSION && /^[0-9a-f]{16}$/.test(build) ? new URL(`search-${build}/`, url).href : undefined;
  } catch {
    return undefined; // The core says what is wrong.
  }
}

/** A bundle in shards: fetches what the core wants for a query, and ranks what is there. */
export class ShardedEngine {
  #url;
  #core;
  #options;
  #received;
  /** @type {Build | undefined} */
  #build;
  /** Calls under way. */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle;

  /**
   * Use {@link ShardedEngine.load}.
   * @param {string} url the manifest's, absolute
   * @param {Core} core
   * @param {(bytes: number) => void} received
   * @param {LoadOptions} options
   */
  constructor(url, core, received, options) {
    this.#url = url;
    this.#core = core;
    this.#received = received;
    this.#options = options;
    /** @type {IndexInfo} */
    this.info = /** @type {any} */ (undefined);
  }

  /**
   * @param {string} url the manifest's, absolute
   * @param {Uint8Array} manifest
   * @param {string} folder of its shards
   * @param {Promise<Core>} core which may still be on its way
   * @param {(bytes: number) => void} received is told of bytes that come
   * @param {LoadOptions} options
   */
  static async load(url, manifest, folder, core, received, options) {
    const files = new ShardFiles(folder, core.then(({ Shards }) => Shards), received);
    const start = files.get(START, { signal: options.signal });
    start.catch(() => {});
    const engine = new ShardedEngine(url, await core, received, options);
    const build = engine.#open(manifest, folder, files);
    try {
      await engine.#add(build, START, { signal: options.signal }, start);
      engine.#current();
    } catch (error) {
      engine.free();
      throw error;
    }
    return engine;
  }

  /**
   * One of {@link calls}. A search, and one by examples, are answered by a few shards where they can be; all else needs the whole bundle.
   *
   * @template {CallName} Name
   * @param {Name} name
   * @param {CallArguments<Name>} args
   * @param {How} [how]
   * @returns {Promise<any>}
   * @throws {ExemplarError} the core's, those of downloads, and `freed`
   */
  async call(name, args, how = {}) {
    clearTimeout(this.#idle);
    this.#asked++;
    try {
      if (name === 'search' || name === 'refine') return await this.#rank(name, args, how);
      // The manifest knows what a probe's vector is like.
      if (name === 'verify') return rethrown(() => this.#current().shards.verify(/** @type {any} */ (args)[0]));
      if (name === 'plainText') return this.#core.Shards.plainText(/** @type {any} */ (args)[0]);
      const index = await this.whole(how.signal);
      return rethrown(() => /** @type {any} */ (calls[name])(index, ...args));
    } finally {
      this.#asked--;
      if (this.#asked === 0) this.#idle = setTimeout(() => this.#loadRest(), IDLE);
    }
  }

  free() {
    clearTimeout(this.#idle);
    if (this.#build) discard(this.#build);
    this.#build = undefined;
  }

  /**
   * @param {RankName} name
   * @param {readonly any[]} args
   * @param {How} how
   * @returns {Promise<SearchResult>}
   */
  async #rank(name, args, how) {
    for (;;) {
      const build = this.#current();
      // Shards hold directions alone: the lengths of vectors are in the whole bundle.
      if (this.#options.normalize === false) await this.whole(how.signal);
      if (build.index) return this.#rankWhole(build.index, name, args);
      // Examples take all of the core.
      if (name === 'refine') await this.#useAllOfCore(build, how.signal);
      if (!this.#uses(build)) continue;
      build.shards.retry();
      const result = await this.#rankShards(build, name, args, how);
      if (result) return result;
    }
  }

  /**
   * @param {Index} index
   * @param {RankName} name
   * @param {readonly any[]} args
   * @returns {SearchResult}
   */
  #rankWhole(index, name, args) {
    return rethrown(() => /** @type {any} */ (calls[name])(index, ...args));
  }

  /**
   * @param {Build} build
   * @param {RankName} name
   * @param {readonly any[]} args
   * @param {How} how
   * @returns {Promise<SearchResult | undefined>} nothing where another build or the whole index has come meanwhile
   */
  async #rankShards(build, name, args, { signal, onUpdate }) {
    const stays = performance.now() + (isUnfinished(name, args) ? STAYS : 0);
    const before = { ...build.files.fetched };
    /** @type {SearchResult['problem']} */
    let problem;
    /** @type {() => Answer} */
    const ask = () => rethrown(() => /** @type {any} */ (ranks[name])(build.shards, ...args));
    /** @param {SearchResult} result */
    const withCost = (result) => {
      const { files, bytes } = build.files.fetched;
      return { ...result, problem, fetched: { files: files - before.files, bytes: bytes - before.bytes } };
    };
    /** @param {ReturnType<typeof ask>} answer */
    const tell = ({ result }) => {
      if (result.hits.length > 0) onUpdate?.(withCost(result));
    };
    while (this.#current() === build && !build.index) {
      const answer = timed(ask);
      const { result, wanted, sure, whole, milliseconds } = answer;
      if (whole && build.given) {
        // More of the core may need less of the bundle.
        await this.#useAllOfCore(build, signal);
        continue;
      }
      if (whole) return this.#rankWhole(await this.whole(signal), name, args);
      if (wanted.length === 0) return { ...withCost(result), milliseconds };
      tell(answer);
      const look = () => tell(ask());
      const rest = wanted.slice(sure);
      const problems = await Promise.all([
        this.#fetch(build, wanted.slice(0, sure), { signal }, look),
        rest.length && pause(stays - performance.now(), signal).then(() => this.#fetch(build, rest, { signal }, look)),
      ]);
      problem = problems.find(Boolean) || problem;
    }
    return undefined;
  }

  /**
   * The index of the whole bundle, which is loaded for it. It is freed with this.
   * @param {AbortSignal} [signal]
   */
  async whole(signal) {
    for (;;) {
      const build = this.#current();
      if (build.index) return build.index;
      await this.#useAllOfCore(build, signal);
      if (!this.#uses(build)) continue;
      const missing = build.shards.missing();
      if (missing.length === 0) return this.#finish(build);
      const problem = await this.#fetch(build, missing, { signal });
      if (problem && this.#build === build) throw ExemplarError.fromPlain(problem);
    }
  }

  /**
   * Goes on with all of the core, which can make a whole bundle of shards, from those that are there.
   * @param {Build} build
   * @param {AbortSignal} [signal]
   */
  async #useAllOfCore(build, signal) {
    if (!build.given) return;
    this.#core = await abortable(startCore('all', () => {}), signal);
    const { Shards } = this.#core;
    const { manifest, given } = build;
    if (!given || !this.#uses(build)) return;
    const shards = rethrown(() => new Shards(manifest));
    for (const [name, bytes] of given) rethrown(() => shards.add(name, bytes));
    build.shards.free();
    build.shards = shards;
    build.given = undefined;
  }

  /** Loads what is missing while nothing is asked, unless that is much or not wanted. */
  async #loadRest() {
    const { background = true } = this.#options;
    const build = this.#build;
    if (!build || build.index || !background || this.info.passages > LOADED_UNASKED) return;
    try {
      await this.#useAllOfCore(build);
    } catch {
      return; // It is tried again after the next query.
    }
    if (!this.#uses(build)) return;
    const missing = build.shards.missing();
    if (missing.length === 0) {
      this.#finish(build);
      return;
    }
    const problem = await this.#fetch(build, missing.slice(0, REST_AT_ONCE), { priority: 'low' });
    // What cannot be had now is tried again after the next query.
    if (!problem && this.#asked === 0) this.#idle = setTimeout(() => this.#loadRest(), 0);
  }

  /**
   * Fetches shards, and gives up those that cannot be had.
   *
   * @param {Build} build
   * @param {string[]} wanted
   * @param {import('./shard-files.js').How} how
   * @param {() => void} [look] is told now and then that more is there
   * @returns {Promise<SearchResult['problem']>} why something could not be had
   */
  async #fetch(build, wanted, how, look) {
    /** @type {SearchResult['problem']} */
    let problem;
    let looked = performance.now();
    await abortable(Promise.all(wanted.map(async (name) => {
      try {
        await this.#add(build, name, how);
      } catch (error) {
        if (how.signal?.aborted || !this.#uses(build)) return;
        problem ??= ExemplarError.from(error).toPlain();
        build.shards.giveUp(name);
      }
      if (!look || how.signal?.aborted || !this.#uses(build) || performance.now() - looked < LOOK) return;
      looked = performance.now();
      look();
    })), how.signal);
    return problem;
  }

  /**
   * @param {Build} build
   * @param {string} name
   * @param {import('./shard-files.js').How} how
   * @param {Promise<Uint8Array>} [file] which may be on its way already
   */
  async #add(build, name, how, file = build.files.get(name, how)) {
    const add = (/** @type {Uint8Array} */ bytes) => {
      if (!this.#uses(build)) return;
      rethrown(() => build.shards.add(name, bytes));
      build.given?.set(name, bytes);
    };
    try {
      add(await file);
    } catch (error) {
      how.signal?.throwIfAborted();
      const { code, status = 0 } = ExemplarError.from(error);
      if (!['shard', 'other-build', 'bad-response'].includes(code) && ![404, 410].includes(status)) throw error;
      // A newer build has taken this one's place, or the browser has kept what is damaged.
      await (build.renewal ??= this.#renew(build));
      if (this.#uses(build)) add(await build.files.get(name, { ...how, fresh: true }));
    }
  }

  /**
   * Goes on with a newer build, if the site has one. Never rejects: without an answer, this one is what there is.
   * @param {Build} build
   */
  async #renew(build) {
    const manifest = await download(this.#url, () => {}, { cache: 'no-cache' }).catch(() => undefined);
    const folder = manifest && shardFolder(manifest, this.#url);
    if (!folder || folder === build.folder || this.#build !== build) return;
    this.#open(manifest, folder);
    discard(build);
  }

  /**
   * @param {Uint8Array} manifest
   * @param {string} folder
   * @param {ShardFiles} [files]
   */
  #open(manifest, folder, files) {
    const { Shards } = this.#core;
    const shards = rethrown(() => new Shards(manifest));
    const given = 'index' in Shards.prototype ? undefined : new Map();
    this.#build = { folder, manifest, shards, given, files: files ?? new ShardFiles(folder, Promise.resolve(Shards), this.#received) };
    this.info = shards.info();
    return this.#build;
  }

  /** @param {Build} build of which nothing is missing */
  #finish(build) {
    const index = rethrown(() => build.shards.index(this.#options.normalize ?? true));
    build.index = index;
    this.info = index.info();
    return index;
  }

  #current() {
    if (!this.#build) throw freed();
    return this.#build;
  }

  /**
   * Whether shards still go to this build.
   * @param {Build} build
   */
  #uses(build) {
    return this.#build === build && !build.index;
  }
}

/**
 * @param {RankName} name
 * @param {readonly any[]} args
 */
function isUnfinished(name, [asked]) {
  return Boolean(name === 'search' ? partsOf(asked).unfinished : asked.query?.unfinished);
}

/** @param {Build} build */
function discard({ shards, index }) {
  shards.free();
  index?.free();
}
