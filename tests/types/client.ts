// What a site's own TypeScript may write, and what its compiler must refuse, by the types in dist/exemplar.

import {
  ExemplarError, SearchIndex, openaiEmbedder, queryRecipe, safeLink,
  type Article, type Embedder, type ErrorCode, type Hit, type Method, type NamedPassage, type PassageMap, type SearchOptions, type SearchResult,
} from '../../dist/exemplar/client/exemplar-search.js';

const { signal } = new AbortController();
const index = await SearchIndex.load('search/bundle.json', { normalize: true, onProgress: ({ phase, loaded, total }) => [phase, loaded, total], signal });

const several = await SearchIndex.load(['search/bundle.json', new URL('https://blog.example.com/search/bundle.json')], { background: false });
// @ts-expect-error an address has letters
await SearchIndex.load([1]);

// Methods: names, and sums of components with weights.
const methods: Method[] = ['auto', 'knn', 'svm', 'whitened', 'hybrid', 'lexical', '2*knn', 'knn+lexical', 'knn+0.5*lexical', '1e-3*svm+knn+2*lexical', 'knn+svm+whitened+lexical'];
for (const method of methods) await index.search('threads', { method });
// @ts-expect-error no method
await index.search('threads', { method: 'bm25' });
// @ts-expect-error no component
await index.search('threads', { method: 'knn+bm25' });
// @ts-expect-error `hybrid` is a sum already
await index.search('threads', { method: 'hybrid+lexical' });
// @ts-expect-error `auto` stands alone
await index.search('threads', { method: 'auto+knn' });
// @ts-expect-error no weight
await index.search('threads', { method: 'knn+much*lexical' });
// @ts-expect-error half a sum
await index.search('threads', { method: 'knn+' });
await index.search('threads', { methods: { knn: 1, lexical: 0.5 } });
// @ts-expect-error no component
await index.search('threads', { methods: { bm25: 1 } });

// Queries: a text, an embedding, or both.
await index.search([1, 0, 0]);
await index.search(new Float32Array(384));
await index.search({ text: 'thre', unfinished: true, embedding: new Float32Array(384) });
// @ts-expect-error no query
await index.search({ words: 'threads' });
// @ts-expect-error nothing to search for
await index.search();

// `(what, options)`, with `signal` among the options of each.
const options: SearchOptions = {
  method: 'svm', fusion: 'rrf', k: 5, passages: 3, filter: { lang: ['en'] }, facets: ['tags'], relevanceThreshold: 0.2, C: 1, tolerance: 1e-3,
  positiveWeight: 2, lessWeight: 5, align: false, stop: 'topk', solver: 'coordinate-descent', seed: 7, signal,
};
const found: SearchResult = await index.search('threads', options);
const alike: SearchResult = await index.similar('a1', options);
const refined: SearchResult = await index.refine({ query: 'threads', more: ['a1'], less: ['a2'] }, options);
const map: PassageMap = await index.map({ more: ['a1'] }, options);
const article: Article = await index.article('a1', { signal });
const passages: NamedPassage[] = await index.passages([0, 1], { signal });
const { vector, known } = await index.encode('threads', { signal });
// @ts-expect-error options are the second argument
await index.refine({ more: ['a1'], k: 5 });
// @ts-expect-error options are the second argument
await index.map({ more: ['a1'], signal });
// @ts-expect-error no such option
await index.search('threads', { top: 5 });
// @ts-expect-error no such fusion
await index.search('threads', { fusion: 'mean' });
// @ts-expect-error a filter's values are a list
await index.search('threads', { filter: { lang: 'en' } });
// @ts-expect-error one article has one id
await index.similar(['a1']);

// Results.
const hit: Hit | undefined = found.hits[0];
const score: number | undefined = hit?.scores.lexical;
const link: string | undefined = hit && safeLink(hit.article.url, hit.passage.anchor);
const from: string | undefined = hit?.bundle ?? several.info.bundles?.[0];
const marked: string[] | undefined = hit?.highlights?.title.map((range) => hit.article.title.slice(...range));
// @ts-expect-error an article may have no excerpt
const excerpt: string = article.excerpt;
// @ts-expect-error without a query there are no decisions
const decisions: Float32Array = map.decisions;

// Embedders.
const embed: Embedder = index.embedder({ endpoint: '/v1/embeddings', apiKey: 'mine' });
const own: Embedder = openaiEmbedder({ ...queryRecipe(index.space), endpoint: new URL('https://api.example.com/v1/embeddings') });
await index.verify(own, { signal });
await index.search({ text: 'threads', embedding: await embed('threads', { signal }) });
// @ts-expect-error the endpoint is missing
openaiEmbedder({ model: 'any' });

// Errors.
try {
  await index.search('threads');
} catch (error) {
  if (error instanceof ExemplarError) {
    const code: ErrorCode = error.code;
    const wait: number | undefined = error.retryAfter;
    if (code === 'rate-limited') console.log(wait, error.status);
    // @ts-expect-error no such code
    if (code === 'too-many') console.log();
  }
}
index.free();
console.log(alike, refined, passages, vector, known, score, link, from, marked, excerpt, decisions);
