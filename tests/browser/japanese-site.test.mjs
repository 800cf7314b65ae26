import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, hits, METHODS, open, serve } from './support.mjs';

test('a reader switches to the Japanese site, and is led to the sections that answer', async (t) => {
  const page = await open(t, await serve(t));
  await page.getByRole('combobox', { name: 'Site' }).selectOption('Debian リファレンス');
  await page.getByText('3 articles').waitFor();
  await ask(page, 'ネットワークの設定方法');
  for (const method of METHODS) {
    const found = await hits(page, method);
    assert.match(found[0].href, /\/sites\/debian-reference-ja\/ch05\.ja\.html(#|$)/, `${method}'s first hit is the chapter on networks`);
  }
  assert.equal(await page.locator('.title').first().getAttribute('lang'), 'ja');

  const found = await hits(page, 'knn');
  assert.equal(found.length, 3, 'each article is there once');
  const sections = found.filter(({ href }) => new URL(href).hash);
  assert.ok(sections.length, 'hits are of sections');
  for (const { href, heading, excerpt } of sections) {
    const chapter = await (await page.request.get(href)).text();
    assert.ok(chapter.includes(`id="${decodeURIComponent(new URL(href).hash.slice(1))}"`), `${href} is there`);
    assert.match(heading, /[ぁ-んァ-ヶ一-龠]/, `${href} shows its headings`);
    assert.match(excerpt, /[ぁ-んァ-ヶ一-龠]/, `${href} shows its text`);
  }
});

test('the suggestions of the Japanese site are found in its chapters, and so is a question in English', async (t) => {
  const page = await open(t, `${await serve(t)}?bundle=debian-reference-ja`);
  for (const [query, chapter] of [
    ['インストールしたパッケージを最新にする', 'ch02'],
    ['日本語を入力できるようにしたい', 'ch08'],
    ['how do I set a static IP address', 'ch05'],
  ]) {
    await ask(page, query);
    const found = await hits(page, 'hybrid');
    assert.ok(found[0].href.includes(`/${chapter}.ja.html`), `${query}: ${found[0].href}`);
  }
});
