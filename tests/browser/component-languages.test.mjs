import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, boxHits, builtBundle, chosen, componentSite, ITEMS, openBox, TAG, type, WORDS } from './component-support.mjs';

test('the box speaks the language around it, by fallback, and says what a site says instead', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  const page = await openBox(t, await componentSite(t, { html: 'lang="ja-Hira-JP"', bundle }));
  await page.getByPlaceholder('検索').waitFor();
  await type(page, '共有');
  await page.getByRole('status').filter({ hasText: '1 件' }).waitFor();
  await accessible(page);
  const placeholders = await page.evaluate(async () => {
    const { ExemplarSearch } = await import('/search/component/exemplar-search.js');
    ExemplarSearch.languages.fr = { language: 'fr', placeholder: 'Chercher' };
    const element = document.querySelector('exemplar-search');
    const input = element.shadowRoot.querySelector('input');
    // Its language is a download; until it has come, the field shows nothing rather than English.
    const placeholder = async () => {
      while (!input.placeholder) await new Promise((resolve) => setTimeout(resolve, 10));
      return input.placeholder;
    };
    const seen = [];
    for (const lang of ['fr-CA', 'de-AT', 'zh-TW', 'zh-Hans-SG', 'pt-PT', 'tlh', 'en-GB', 'de']) {
      element.lang = lang;
      seen.push(await placeholder());
    }
    seen.push(element.shadowRoot.querySelector('[part="clear"]').getAttribute('aria-label'));
    element.strings = { placeholder: 'Ask the manual' };
    return [...seen, await placeholder()];
  });
  assert.deepEqual(placeholders, ['Chercher', 'Suchen', '搜尋', '搜索', 'Pesquisar', 'Search', 'Search', 'Suchen', 'Löschen', 'Ask the manual']);
});

test('right to left, the arrows along a row are mirrored and the panel stays below the field', async (t) => {
  const page = await openBox(t, await componentSite(t, { html: 'lang="ar" dir="rtl"', body: `<div style="width: 20rem">${TAG}</div>`, bundle: await builtBundle(t, ITEMS, WORDS),
    policy: "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'" }));
  await type(page, 'mutex');
  await boxHits(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  assert.match(await chosen(page), /^المزيد مثل/);
  const [field, panel] = await Promise.all(['.field', '.panel'].map((part) => page.locator(`exemplar-search ${part}`).boundingBox()));
  assert.ok(panel.y >= field.y + field.height);
  assert.ok(Math.abs(panel.x + panel.width - field.x - field.width) < 2, 'they begin at the same edge');
  await accessible(page);
});

test('a reader pays for one language, and one that does not arrive leaves English', async (t) => {
  const asked = [];
  let there = true;
  const watch = (page) => page.route('**/component/strings/*.js', (route) => {
    asked.push(/(\w+)\.js$/.exec(route.request().url())[1]);
    return there ? route.continue() : route.abort();
  });
  const site = await componentSite(t, { html: 'lang="uk"' });
  const page = await openBox(t, site, { before: watch });
  await page.getByPlaceholder('Пошук').waitFor();
  assert.deepEqual(asked.splice(0), ['uk']);
  there = false;
  const other = await openBox(t, site, { before: watch, console: /ERR_FAILED/ });
  await other.getByPlaceholder('Search').waitFor();
});

test('the date of an article is the day that its author wrote, in the words of the page', async (t) => {
  const items = [['2026-05-04', 'Harbour'], ['2026-05-04T23:30:00+09:00', 'Harbour two'], ['spring', 'Harbour three']]
    .map(([date, title], i) => ({ title, date, url: `${i}.html`, text: 'The harbour is open.' }));
  const bundle = await builtBundle(t, items, WORDS);
  for (const [lang, timezoneId, date] of [['de', 'Pacific/Auckland', '04.05.2026'], ['en-GB', 'Pacific/Honolulu', '4 May 2026'], ['en', 'Pacific/Honolulu', 'May 4, 2026'], ['en-no!', 'UTC', 'May 4, 2026']]) {
    const page = await openBox(t, await componentSite(t, { html: `lang="${lang}"`, bundle }), { context: { timezoneId } });
    await page.getByPlaceholder(lang === 'de' ? 'Suchen' : 'Search').waitFor();
    await type(page, 'harbour');
    await boxHits(page);
    const dates = await page.locator('exemplar-search time').allTextContents();
    assert.deepEqual(dates.sort(), [date, date, 'spring']);
  }
});

test('with `languages="page"`, what is in the language of the page comes first, and a choice of the reader counts more', async (t) => {
  const texts = [['en', 'Harbour', 5], ['de', 'Hafen Harbour', 3], ['de-AT', 'Hafen Harbour', 1]];
  const items = texts.flatMap(([lang, title, n]) => Array.from({ length: n }, (_, i) => ({ title, lang, url: `${lang}/${i}.html`, text: `${lang} ${i} harbour` })));
  const site = (languages) => builtBundle(t, items, WORDS).then((bundle) => componentSite(t, { bundle, html: 'lang="de-AT"',
    body: `<exemplar-search bundle="/search/bundle.json" filters="lang" limit="6" languages="${languages}"></exemplar-search>` }));
  const found = async (page) => (await boxHits(page)).map(({ href }) => new URL(href).pathname.split('/')[1]);
  const all = await openBox(t, await site('all'));
  await type(all, 'harbour');
  assert.equal((await found(all))[0], 'en');
  const page = await openBox(t, await site('page'));
  await type(page, 'harbour');
  const langs = await found(page);
  assert.deepEqual(langs.slice(4), ['en', 'en'], `${langs}`);
  await page.getByRole('button', { name: /Englisch 5/ }).click();
  await page.locator('exemplar-search .hit').nth(5).waitFor({ state: 'detached' });
  assert.deepEqual(await found(page), ['en', 'en', 'en', 'en', 'en']);
});
