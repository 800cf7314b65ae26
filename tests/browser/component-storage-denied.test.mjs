import assert from 'node:assert/strict';
import test from 'node:test';
import { box, boxHits, builtBundle, componentSite, ITEMS, openBox, type, WORDS } from './component-support.mjs';

const BODY = '<exemplar-search bundle="/search/bundle.json" recent></exemplar-search>';

test('recent queries are kept where asked for, offered, and forgotten', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  const page = await openBox(t, await componentSite(t, { body: BODY, bundle }));
  await type(page, 'mutex');
  await boxHits(page);
  await page.keyboard.press('Enter');
  await page.waitForURL(/mutex\.html$/);
  await page.goBack();
  await box(page).click();
  await page.getByRole('button', { name: 'mutex' }).click();
  assert.equal((await boxHits(page))[0].title, 'Shared state');
  await box(page).fill('');
  await page.getByRole('button', { name: 'Forget them' }).click();
  assert.equal(await page.getByRole('button', { name: 'mutex' }).count(), 0);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test('nothing is kept unless asked for; where storage is denied, the box works without it', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  for (const [body, before] of [[BODY, (page) => page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
    }
  })], [BODY.replace(' recent', ''), undefined]]) {
    const page = await openBox(t, await componentSite(t, { body, bundle }), { before });
    await type(page, 'mutex');
    await boxHits(page);
    await page.keyboard.press('Enter');
    await page.waitForURL(/mutex\.html$/);
    if (!before) assert.equal(await page.evaluate(() => localStorage.length), 0);
  }
});

test('a key is sent to the API only, and stays in memory unless it is to be kept', async (t) => {
  const keys = [];
  const routes = {
    '/v1/embeddings'(request, response) {
      keys.push(request.headers.authorization);
      response.statusCode = 401;
      response.end('{}');
    },
  };
  const body = '<exemplar-search bundle="/search/bundle.json" api="/v1/embeddings"></exemplar-search>';
  const page = await openBox(t, await componentSite(t, { body, bundle: await builtBundle(t, ITEMS, WORDS), routes }), { console: /401/ });
  const set = (options) => page.evaluate((options) => document.querySelector('exemplar-search').setApiKey('secret', options), options);
  await set();
  // At once: a slow machine would ask for a query that is only half typed, too.
  await box(page).fill('mutex');
  await page.getByText('The embedding API refuses the key.').first().waitFor();
  assert.deepEqual(keys, ['Bearer secret']);
  assert.equal(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]).includes('secret')), false);
  assert.ok(!(await page.content()).includes('secret'));
  await set({ keep: true });
  assert.equal(await page.evaluate(() => JSON.stringify(sessionStorage).includes('secret')), true);
});
