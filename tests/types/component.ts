// The search box for a site's own TypeScript, by the types in dist/exemplar.

import { ExemplarSearch, type SearchState } from '../../dist/exemplar/component/exemplar-search.js';

const box = document.querySelector('exemplar-search');
if (!(box instanceof ExemplarSearch)) throw new TypeError('no box');

box.value = 'threads';
box.strings = { placeholder: 'Search the docs', errors: { network: 'Offline?' } };
box.embedder = async (text, { signal } = {}) => {
  signal?.throwIfAborted();
  return new Float32Array(text.length);
};
box.embedder = undefined;
box.setApiKey('mine', { keep: true });
box.setApiKey(undefined);
box.show();
box.close();
const state: SearchState = box.state;
const open: boolean = box.open;
ExemplarSearch.languages.fr = { label: 'Recherche' };
// @ts-expect-error only the box changes its state
box.state = 'idle';
// @ts-expect-error no such state
if (state === 'busy') console.log();
// @ts-expect-error no such string
box.strings = { holder: 'Search' };
// @ts-expect-error an embedder resolves to a vector
box.embedder = async (text) => text;
// @ts-expect-error the key cannot be read back
console.log(box.apiKey);

box.addEventListener('exemplar-search', (event) => event.detail.query === '' && event.preventDefault());
box.addEventListener('exemplar-results', ({ detail: { query, hits, state } }) => console.log(query, hits[0]?.article.title, state));
box.addEventListener('exemplar-select', ({ detail }) => console.log(detail.hit.rank, detail.url));
box.addEventListener('exemplar-refine', ({ detail }) => console.log([...detail.more, ...detail.less].map(({ id }) => id)));
document.addEventListener('exemplar-error', ({ detail: { error } }) => error.code === 'network' && console.log(error.message, open));
// @ts-expect-error a search has no hits yet
box.addEventListener('exemplar-search', ({ detail }) => console.log(detail.hits));
// @ts-expect-error no such code
box.addEventListener('exemplar-error', ({ detail }) => detail.error.code === 'offline');

// Strings are texts; plural forms are by category.
box.strings = { found: { one: '{n} hit', other: '{n} hits' }, moreLike: 'Like “{title}”' };
// @ts-expect-error strings are no functions
box.strings = { none: (query: string) => query };
// @ts-expect-error no such plural category
box.strings = { found: { single: '{n} hit', other: '{n} hits' } };
