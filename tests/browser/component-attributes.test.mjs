import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, builtBundle, componentSite, embeddings, inState, isOpen, ITEMS, openBox, type, WITH_API, WORDS } from './component-support.mjs';

/** Changes an attribute of the box; `null` removes it. */
const set = (page, name, value) => page.evaluate(([name, value]) => {
  const element = document.querySelector('exemplar-search');
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}, [name, value]);

test('an attribute changes what it concerns: the field, its text, the panel and the downloads stay', async (t) => {
  const downloads = [];
  const bundle = await builtBundle(t, ITEMS, WORDS);
  const other = await builtBundle(t, ITEMS.slice(2), WORDS);
  const routes = {
    '/search/bundle.json': () => (downloads.push('bundle'), false),
    '/search/client/worker.js': () => (downloads.push('worker'), false),
    '/search/other.json': (_request, response) => response.end((downloads.push('other'), other)),
  };
  const page = await openBox(t, await componentSite(t, { bundle, routes }));
  await page.evaluate(() => {
    window.input = document.querySelector('exemplar-search').shadowRoot.querySelector('input');
    window.searches = [];
    for (const name of ['search', 'open', 'close']) addEventListener(`exemplar-${name}`, () => window.searches.push(name));
  });
  await type(page, 'threads');
  assert.equal((await boxHits(page)).length, 3);
  await page.keyboard.press('Home');
  const told = await page.evaluate(() => window.searches.length);

  await set(page, 'limit', '2');
  await page.locator('exemplar-search .hit').nth(2).waitFor({ state: 'detached' });
  assert.equal((await boxHits(page)).length, 2);
  await set(page, 'limit', null);
  await page.locator('exemplar-search .hit').nth(2).waitFor();
  await set(page, 'filters', 'tags');
  await page.getByRole('button', { name: 'channels 1' }).click();
  await page.locator('exemplar-search .hit').nth(1).waitFor({ state: 'detached' });
  await set(page, 'lang', 'ja');
  assert.equal(await page.getByRole('button', { name: 'channels 1' }).getAttribute('aria-pressed'), 'true', 'what is filtered by stays');
  await page.locator('exemplar-search').getByText('タグ').first().waitFor();
  await set(page, 'lang', null);
  await set(page, 'filters', null);
  await page.locator('exemplar-search .hit').nth(2).waitFor();
  await set(page, 'base', '/manual/');
  assert.ok((await boxHits(page)).every(({ href }) => new URL(href).pathname.startsWith('/manual/docs/')));
  for (const [name, value, read] of [['placeholder', 'Ask', 'placeholder'], ['param', 'query', 'name']]) {
    await set(page, name, value);
    assert.equal(await box(page).evaluate((input, read) => input[read], read), value);
  }
  assert.deepEqual(downloads.sort(), ['bundle', 'worker']);
  const kept = await page.evaluate(() => {
    const { shadowRoot, value } = document.querySelector('exemplar-search');
    const input = shadowRoot.querySelector('input');
    return { same: input === window.input, focused: shadowRoot.activeElement === input, value, caret: input.selectionStart, told: window.searches.length };
  });
  assert.deepEqual(kept, { same: true, focused: true, value: 'threads', caret: 0, told });
  assert.equal(await isOpen(page), true);

  await set(page, 'bundle', '/search/other.json');
  await page.locator('exemplar-search .hit').nth(1).waitFor({ state: 'detached' });
  assert.deepEqual((await boxHits(page)).map(({ title }) => title), ['Deploying'], 'the same query, asked of the other bundle');
  assert.deepEqual(downloads.filter((name) => name !== 'worker').sort(), ['bundle', 'other']);
});

test('a box becomes a results page and a box again', async (t) => {
  const page = await openBox(t, await componentSite(t, { bundle: await builtBundle(t, ITEMS, WORDS) }));
  await type(page, 'mutex');
  await boxHits(page);
  await set(page, 'mode', 'page');
  await page.getByRole('searchbox').waitFor();
  assert.deepEqual((await boxHits(page)).map(({ title }) => title), ['Shared state']);
  assert.equal(await page.getByRole('combobox').count(), 0);
  await set(page, 'mode', null);
  await box(page).waitFor();
  await box(page).click();
  assert.equal((await boxHits(page))[0].title, 'Shared state');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/mutex\.html$/);
});

test('a key goes to the address that it was set for, and to no other', async (t) => {
  const keys = [];
  const asked = (name, { authorization }) => void keys.push([name, authorization]);
  const api = embeddings()['/v1/embeddings'];
  const routes = Object.fromEntries(['/v1/embeddings', '/other/embeddings'].map((path) =>
    [path, (request, response) => (asked(path, request.headers), api(request, response))]));
  const page = await openBox(t, await componentSite(t, { body: WITH_API, bundle: await builtBundle(t, ITEMS, WORDS), routes }));
  await page.evaluate(() => document.querySelector('exemplar-search').setApiKey('secret'));
  await type(page, 'mutex');
  await inState(page, 'results');
  await page.waitForFunction(() => document.querySelector('exemplar-search').shadowRoot.querySelectorAll('.hit').length === 4);
  await set(page, 'api', '/other/embeddings');
  while (keys.length < 2) await page.waitForTimeout(50);
  assert.deepEqual(keys, [['/v1/embeddings', 'Bearer secret'], ['/other/embeddings', undefined]]);
});

test('properties that were set before the module is there are kept', async (t) => {
  const script = '<script>' + `
    const box = document.querySelector('exemplar-search');
    box.value = 'lock';
    box.strings = { placeholder: 'Ask the manual' };
    box.embedder = async () => new Float32Array(384).fill(1);
  ` + '</script>';
  const body = '<exemplar-search bundle="/search/bundle.json"></exemplar-search>';
  const site = await componentSite(t, { body: body + script, bundle: await builtBundle(t, ITEMS, WORDS), policy: "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'" });
  const page = await openBox(t, site);
  assert.equal(await box(page).getAttribute('placeholder'), 'Ask the manual');
  assert.equal(await box(page).inputValue(), 'lock');
  await page.locator('exemplar-search .hit', { hasText: 'Shared state' }).waitFor();
  const kept = await page.evaluate(() => {
    const box = document.querySelector('exemplar-search');
    return { own: Object.keys(box), value: box.value, embedder: typeof box.embedder, strings: box.strings };
  });
  assert.deepEqual(kept, { own: [], value: 'lock', embedder: 'function', strings: { placeholder: 'Ask the manual' } });
  await page.evaluate(() => (document.querySelector('exemplar-search').value = 'publish'));
  await page.locator('exemplar-search .hit', { hasText: 'Deploying' }).waitFor();
});

test('a box that is taken out and put in again keeps its query, and its panel closed', async (t) => {
  const page = await openBox(t, await componentSite(t, { bundle: await builtBundle(t, ITEMS, WORDS) }));
  await type(page, 'mutex');
  await boxHits(page);
  await page.evaluate(async () => {
    const box = document.querySelector('exemplar-search');
    box.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    document.querySelector('main').append(box);
  });
  assert.equal(await box(page).inputValue(), 'mutex');
  assert.equal(await isOpen(page), false);
  await box(page).click();
  assert.equal((await boxHits(page))[0].title, 'Shared state');
});

for (const [attributes, cause] of [
  ['bundle="http://["', 'bundle="http://["'],
  ['bundle="/search/bundle.json" base="https://["', 'base="https://["'],
  ['bundle="/search/bundle.json" offline="//["', 'offline="//["'],
  ['bundle="/search/bundle.json" limit="-3"', 'limit="-3", which is not a whole number from 1'],
  ['bundle="/search/bundle.json" limit="many"', 'limit="many"'],
  ['bundle="/search/bundle.json" mode="modal"', 'mode="modal", which is not one of field, button, page'],
  ['bundle="/search/bundle.json" dark="html["', 'dark="html["'],
]) {
  test(`wrong attributes end in the state failed, with the cause: ${attributes}`, async (t) => {
    const page = await openBox(t, await componentSite(t, { body: `<exemplar-search ${attributes}></exemplar-search>`, bundle: await builtBundle(t, ITEMS, WORDS) }), {
      before: (page) => page.addInitScript(() => addEventListener('exemplar-error', ({ detail: { error } }) => (window.error = [error.code, error.message]))),
    });
    await inState(page, 'failed');
    const [code, message] = await page.evaluate(() => window.error);
    assert.equal(code, 'option');
    assert.ok(message.includes(cause), message);
    await type(page, 'mutex');
    await page.getByText(cause).first().waitFor();
    await page.evaluate(() => {
      const box = document.querySelector('exemplar-search');
      for (const name of box.getAttributeNames()) if (name !== 'bundle') box.removeAttribute(name);
      box.setAttribute('bundle', '/search/bundle.json');
    });
    assert.equal((await boxHits(page))[0].title, 'Shared state', 'and work when they are set right');
  });
}

test('a field that no article has fails with the cause', async (t) => {
  const page = await openBox(t, await componentSite(t, { body: '<exemplar-search bundle="/search/bundle.json" filters="tags author"></exemplar-search>' }));
  await type(page, 'mutex');
  await inState(page, 'failed');
  await page.getByText('"author": expected lang, tags, date, or another field').first().waitFor();
});

test('a method that there is none of fails with the cause', async (t) => {
  const page = await openBox(t, await componentSite(t, { body: '<exemplar-search bundle="/search/bundle.json" method="bm25"></exemplar-search>' }));
  await type(page, 'mutex');
  await inState(page, 'failed');
  await page.getByText('bm25').first().waitFor();
});
