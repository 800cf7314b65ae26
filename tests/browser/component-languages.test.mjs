import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, box, boxHits, builtBundle, chosen, componentSite, ITEMS, openBox, TAG, type, WORDS } from './component-support.mjs';

test('the box speaks the language around it, by fallback, and says what a site says instead', async (t) => {
  const bundle = await builtBundle(t, ITEMS, WORDS);
  const page = await openBox(t, await componentSite(t, { html: 'lang="ja-Hira-JP"', bundle }));
  assert.equal(await box(page).getAttribute('placeholder'), '検索');
  await type(page, '共有');
  await page.getByRole('status').filter({ hasText: '1 件' }).waitFor();
  await accessible(page);
  const placeholders = await page.evaluate(async () => {
    const { ExemplarSearch } = await import('/search/component/exemplar-search.js');
    ExemplarSearch.languages.fr = { language: 'fr', placeholder: 'Chercher' };
    const element = document.querySelector('exemplar-search');
    const placeholder = () => element.shadowRoot.querySelector('input').placeholder;
    const seen = [];
    for (const lang of ['fr-CA', 'tlh', 'en-GB']) {
      element.lang = lang;
      seen.push(placeholder());
    }
    element.strings = { placeholder: 'Ask the manual' };
    return [...seen, placeholder()];
  });
  assert.deepEqual(placeholders, ['Chercher', 'Search', 'Search', 'Ask the manual']);
});

test('right to left, the arrows along a row are mirrored and the panel stays below the field', async (t) => {
  const page = await openBox(t, await componentSite(t, { html: 'lang="ar" dir="rtl"', body: `<div style="width: 20rem">${TAG}</div>`, bundle: await builtBundle(t, ITEMS, WORDS),
    policy: "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'" }));
  await type(page, 'mutex');
  await boxHits(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  assert.match(await chosen(page), /^More like/);
  const [field, panel] = await Promise.all(['.field', '.panel'].map((part) => page.locator(`exemplar-search ${part}`).boundingBox()));
  assert.ok(panel.y >= field.y + field.height);
  assert.ok(Math.abs(panel.x + panel.width - field.x - field.width) < 2, 'they begin at the same edge');
  await accessible(page);
});
