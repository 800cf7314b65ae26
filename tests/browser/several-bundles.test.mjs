// Several bundles that are searched as one, in the client and in the search box: those of two sites, one of which may be in shards, slow or
// missing.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, box, boxHits, builtBundle, bundleOfPages, chosen, componentSite, deferred, embeddings, ITEMS, openBox, POLICY, startSite, type, WORDS } from './component-support.mjs';
import { atEnd } from './support.mjs';
import { shards } from './shards-support.mjs';

const POSTS = [
  { title: 'A year of threads', url: 'posts/threads.html', text: 'What we learned about threads in a year. Mutexes are not the only way to share a value.', tags: ['threads', 'news'], lang: 'en', date: '2026-01-02' },
  { title: 'Why we moved our hosting', url: 'posts/hosting.html', text: 'The old host was slow to publish a site.', tags: ['hosting'], lang: 'en' },
  { title: 'A picnic', url: '/posts/picnic.html', text: 'It rained.', image: 'posts/rain.png', lang: 'en' },
];
const PAGES = ITEMS.map((item, i) => (i === 0 ? { ...item, kind: 'guide' } : item));
const DOCS = '/docs/search/bundle.json';
const BLOG = '/blog/search/bundle.json';
const TAG = `<exemplar-search bundle="${DOCS} ${BLOG}"></exemplar-search>`;
/** What Chromium's console has of a request that fails. */
const FAILED = /Failed to load resource|ERR_|CORS|no-cors/;

/** Sends a bundle, which any page may read. */
const sends = (bundle) => (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(bundle);
};
const missing = (_request, response) => response.writeHead(404).end();

/** A site with documents and a blog. `blog` answers for the blog's bundle instead. */
async function site(t, { blog, options = WORDS, ...rest } = {}) {
  const [docs, posts] = await Promise.all([builtBundle(t, PAGES, options), builtBundle(t, POSTS, options)]);
  return componentSite(t, { body: TAG, routes: { [DOCS]: sends(docs), [BLOG]: blog ? (...call) => blog(sends(posts), ...call) : sends(posts) }, ...rest });
}

test('hits of several bundles are one ranking, and each says where it is from', async (t) => {
  const address = await site(t);
  const page = await openBox(t, address);
  const found = await page.evaluate(async ([docs, blog]) => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    const index = await SearchIndex.load([docs, new URL(blog, location.href)]);
    await index.complete();
    const { hits, facets, method } = await index.search('threads', { facets: ['tags'] });
    const filtered = await index.search('threads', { filter: { tags: ['news'] }, k: 1 });
    const guides = await index.search('threads', { filter: { kind: ['guide'] }, facets: ['kind', 'lang'] });
    const misspelt = await Promise.all([{ filter: { knid: ['guide'] } }, { facets: ['knid'] }].map((options) => index.search('threads', options).catch(({ code }) => code)));
    const picnic = (await index.search('picnic')).hits[0];
    const alike = await index.similar(picnic.article.id).catch(({ code }) => code);
    const refused = await Promise.all(['map', 'encode', 'passages'].map((call) => index[call](call === 'encode' ? 'x' : []).catch(({ code }) => code)));
    const unknown = await index.similar('docs/mutex.html').catch(({ code }) => code);
    const article = await index.article(picnic.article.id);
    const { info, thread } = index;
    index.free();
    const freed = await index.search('threads').catch(({ code }) => code);
    return { hits, facets, method, filtered: filtered.hits, guides, misspelt, picnic, alike: alike.hits, refused, unknown, article, info, thread, freed };
  }, [DOCS, BLOG]);
  const at = (path) => new URL(path, address).href;
  assert.deepEqual(found.hits.map(({ rank }) => rank), [1, 2, 3, 4]);
  assert.ok(found.hits.every(({ score }, i, { [i - 1]: before }) => !before || score <= before.score));
  const byUrl = Object.fromEntries(found.hits.map(({ article, bundle }) => [article.url, [bundle, article.id]]));
  assert.deepEqual(byUrl, {
    [at('docs/docs/mutex.html')]: [at(DOCS), `${at(DOCS)}#docs/mutex.html`],
    [at('docs/docs/channels.html')]: [at(DOCS), `${at(DOCS)}#docs/channels.html`],
    [at('docs/docs/deploy.html')]: [at(DOCS), `${at(DOCS)}#docs/deploy.html`],
    [at('blog/posts/threads.html')]: [at(BLOG), `${at(BLOG)}#posts/threads.html`],
  });
  assert.deepEqual(found.facets, [{ field: 'tags', counts: [{ value: 'threads', count: 3 }, { value: 'channels', count: 1 }, { value: 'hosting', count: 1 }, { value: 'news', count: 1 }] }]);
  assert.equal(found.method, 'lexical');
  assert.deepEqual(found.filtered.map(({ article }) => article.title), ['A year of threads']);
  assert.deepEqual(found.guides.hits.map(({ article }) => article.title), ['Shared state'], 'a field that one of them has');
  assert.equal(found.guides.problem, undefined);
  assert.deepEqual(found.guides.facets.map(({ field, counts }) => [field, counts.length]), [['kind', 1], ['lang', 1]]);
  assert.deepEqual(found.misspelt, ['option', 'option']);
  assert.deepEqual([found.article.url, found.article.image], [at('posts/picnic.html'), at('blog/posts/rain.png')], 'relative to its own site');
  assert.deepEqual(found.alike.map(({ bundle }) => bundle), [at(BLOG), at(BLOG)], 'articles like this one are those of its bundle');
  assert.deepEqual(found.refused, ['method-needs', 'method-needs', 'method-needs']);
  assert.equal(found.unknown, 'unknown-article');
  assert.equal(found.info.articles, PAGES.length + POSTS.length);
  assert.deepEqual(found.info.bundles, [at(DOCS), at(BLOG)]);
  assert.equal(found.thread, 'worker');
  assert.equal(found.freed, 'freed');
});

test('a bundle that cannot be had leaves the hits of the other, is tried again, and none at all is an error', async (t) => {
  let answers = false;
  const page = await openBox(t, await site(t, { blog: (send, ...call) => (answers ? send : missing)(...call) }), { console: FAILED });
  const search = () => page.evaluate(async ([docs, blog]) => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    globalThis.index ??= await SearchIndex.load([blog, docs]);
    const { hits, problem } = await globalThis.index.search('threads');
    return { titles: hits.map(({ article }) => article.title), problem };
  }, [DOCS, BLOG]);
  const part = await search();
  assert.equal(part.titles.length, 3);
  assert.equal(part.problem.code, 'http');
  assert.match(part.problem.message, /\/blog\/search\/bundle\.json/);
  answers = true;
  await page.waitForTimeout(1100);
  const all = await search();
  assert.ok(all.titles.includes('A year of threads'));
  assert.equal(all.problem, undefined);
  const errors = await page.evaluate(async (docs) => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    const code = (options, urls) => SearchIndex.load(urls, options).catch(({ code }) => code);
    const gone = AbortSignal.abort('gone');
    return [await code({}, ['/search/no.json', '/search/none.json']), await code({}, []), await code({ candidates: '/v1/candidates' }, [docs]),
      await SearchIndex.load([docs], { signal: gone }).catch((reason) => reason)];
  }, DOCS);
  assert.deepEqual(errors, ['http', 'option', 'option', 'gone']);
});

test('a slow bundle holds nothing up, and the row that is chosen stays where it is', async (t) => {
  const release = deferred();
  const page = await openBox(t, await site(t, { blog: async (send, ...call) => (await release.promise, send(...call)) }));
  await type(page, 'threads');
  await page.locator('exemplar-search .hit').nth(2).waitFor();
  assert.equal(await page.locator('exemplar-search .list').getAttribute('aria-busy'), 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const titles = () => page.locator('exemplar-search .hit .name').allTextContents();
  const before = await titles();
  assert.equal(await chosen(page), before[1]);
  release.resolve();
  const after = (await boxHits(page)).map(({ title }) => title);
  assert.deepEqual(after.slice(0, 2), before.slice(0, 2));
  assert.ok(after.includes('A year of threads'), `${after}`);
  assert.equal(await chosen(page), before[1]);
});

test('a box over two sites says which is which where it is asked to, by keyboard, on a phone and in the dark', async (t) => {
  const body = TAG.replace('>', ' bundle-names="Manual | Blog" filters="tags">');
  const address = await site(t, { body });
  const page = await openBox(t, address, { context: { colorScheme: 'dark', viewport: { width: 390, height: 700 } } });
  await type(page, 'threads');
  const hits = await boxHits(page);
  assert.equal(hits.length, 4);
  const names = await page.locator('exemplar-search .hit').evaluateAll((hits) => hits.map((hit) => hit.querySelector('[part="bundle"]').textContent));
  assert.deepEqual(names, hits.map(({ href }) => (href.startsWith(`${address}blog/`) ? 'Blog' : 'Manual')));
  assert.ok(names.includes('Blog'));
  await page.getByRole('button', { name: 'threads 3' }).waitFor();
  await accessible(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(hits[0].href);
});

test('"more like this" keeps to the bundle of the article, "less like this" to none', async (t) => {
  const address = await site(t, { policy: `${POLICY}; img-src 'self'` });
  const page = await openBox(t, address);
  await type(page, 'threads');
  await boxHits(page);
  await page.getByRole('button', { name: 'Less like “A year of threads”' }).click();
  await page.locator('exemplar-search [part="example"]').waitFor();
  assert.ok((await boxHits(page)).every(({ href }) => href.startsWith(`${address}docs/`)));
  await page.locator('exemplar-search [part="example"]').click();
  await page.getByRole('button', { name: 'More like “A year of threads”' }).click();
  await page.locator('exemplar-search .hit', { hasText: 'A picnic' }).waitFor();
  assert.ok((await boxHits(page)).every(({ href }) => new URL(href).pathname.includes('/posts/')));
  assert.equal(await page.locator('exemplar-search .thumbnail').evaluate(({ src }) => src), `${address}blog/posts/rain.png`);
});

test('the box says that a part of what it searches is missing, and tries again', async (t) => {
  let answers = false;
  const page = await openBox(t, await site(t, { blog: (send, ...call) => (answers ? send : missing)(...call) }), { console: FAILED });
  await type(page, 'threads');
  await page.locator('exemplar-search:state(degraded)').waitFor();
  assert.equal((await boxHits(page)).length, 3);
  await page.getByText('The server answered with an error.').first().waitFor();
  answers = true;
  await page.waitForTimeout(1100);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('exemplar-search:state(results)').waitFor();
  assert.equal((await boxHits(page)).length, 4);
});

test('bundles of other origins and models, in shards and in one file, are searched together', async (t) => {
  const book = await shards(t);
  const blog = await bundleOfPages(Object.fromEntries(POSTS.map(({ title, text }, i) => [`${i}.html`, `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><p>${text}</p>`])));
  const other = await startSite({ routes: { [BLOG]: sends(blog) } });
  atEnd(t, other.end);
  const routes = Object.fromEntries([['/docs/search/bundle.json', book.manifest], ...Object.entries(book.files)].map(([path, file]) =>
    [path.replace('/search/search-', '/docs/search/search-'), sends(file)]));
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' ${other.address}`;
  const body = `<exemplar-search bundle="${DOCS} ${other.address}blog/search/bundle.json"></exemplar-search>`;
  const address = await componentSite(t, { body, routes, policy });
  const page = await openBox(t, address);
  const result = await page.evaluate(async (urls) => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    const index = await SearchIndex.load(urls, { background: false });
    const updates = [];
    const { hits, fetched, problem, closeness, complete } = await index.search('what we learned about threads in a year', { onUpdate: ({ hits }) => updates.push(hits.length) });
    return { hits, fetched, problem, closeness, complete, updates, info: index.info };
  }, [DOCS, `${other.address}blog/search/bundle.json`]);
  assert.equal(result.problem, undefined);
  assert.equal(result.info.vectors, 'shards');
  assert.ok(result.fetched.files > 0);
  assert.ok(result.hits.some(({ article }) => article.url === `${other.address}blog/0.html`), JSON.stringify(result.hits.map(({ article }) => article.url)));
  assert.ok(result.hits.some(({ article }) => article.url.startsWith(`${address}docs/`)));
  await type(page, 'A year of threads');
  assert.equal((await boxHits(page))[0].href, `${other.address}blog/0.html`, 'what was typed as it stands in a title comes first');
});

test('an embedding is for the bundles of its space, each of which has its own probes, and others rank by the text', async (t) => {
  const [docs, posts, words] = await Promise.all([builtBundle(t, ITEMS), builtBundle(t, POSTS), bundleOfPages({ 'a.html': '<!doctype html><title>Threads</title><p>A value that threads share.</p>' })]);
  const WORDS_ALONE = '/words/search/bundle.json';
  const [asked, release] = [[], deferred()];
  const routes = { ...embeddings((text) => void asked.push(text)), [DOCS]: sends(docs), [BLOG]: sends(posts), [WORDS_ALONE]: async (...call) => (await release.promise, sends(words)(...call)) };
  const page = await openBox(t, await componentSite(t, { body: TAG, routes }));
  // The space is that of the bundle that is there first.
  await page.evaluate(async ([docs, blog, words]) => {
    const { SearchIndex } = await import('/search/client/exemplar-search.js');
    globalThis.indexes = [await SearchIndex.load([docs, blog]), await SearchIndex.load([words, docs])];
  }, [DOCS, BLOG, WORDS_ALONE]);
  release.resolve();
  const found = await page.evaluate(async () => {
    const [both, mixed] = globalThis.indexes;
    await Promise.all([both.complete(), mixed.complete()]);
    const search = async (index, query) => {
      const { hits, problem } = await index.search(query, { method: 'auto' });
      return { bundles: [...new Set(hits.map(({ bundle }) => new URL(bundle).pathname))].sort(), placed: hits.filter(({ scores }) => scores.whitened !== undefined).length, problem: problem?.code };
    };
    const text = 'share a value between threads';
    const embedding = await both.embedder({ endpoint: '/v1/embeddings' })(text);
    return { both: await search(both, { text, embedding }), alone: await search(both, embedding), mixed: await search(mixed, { text, embedding }), part: await search(mixed, embedding) };
  });
  assert.deepEqual(found.both, { bundles: [BLOG, DOCS], placed: ITEMS.length + POSTS.length, problem: undefined });
  assert.deepEqual(found.alone, found.both);
  assert.ok(asked.includes('share a value between threads'));
  assert.equal(asked.length, 3, 'a probe of each bundle, and the query');
  assert.deepEqual(found.mixed, { bundles: [DOCS, WORDS_ALONE], placed: ITEMS.length, problem: undefined });
  assert.deepEqual(found.part, { bundles: [DOCS], placed: ITEMS.length, problem: 'other-model' });
});
