// The strings of all languages, as files: no browser is needed.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import test from 'node:test';
import { en, fill, foundIn, stringsOver } from '../../www/component/strings.js';

const component = new URL('../../www/component/', import.meta.url);
const files = (await readdir(new URL('strings', component))).filter((name) => name.endsWith('.js'));
const all = await Promise.all(files.map(async (file) => ({ file, strings: (await import(new URL(`strings/${file}`, component))).default })));

/** Every string by its path, such as `errors.network`, without the plural forms. */
const flat = (strings, path = '') => Object.entries(strings).flatMap(([key, value]) =>
  key === 'found' ? [] : typeof value === 'string' ? [[path + key, value]] : flat(value, `${path}${key}.`));
const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test('the 20 commonest languages of documentation are there, and Japanese and English', async () => {
  const tags = all.map(({ strings }) => strings.language);
  for (const tag of ['zh-Hans', 'zh-Hant', 'es', 'fr', 'de', 'pt-BR', 'ru', 'ko', 'it', 'tr', 'pl', 'nl', 'uk', 'vi', 'id', 'cs', 'ar', 'he', 'fa', 'hi', 'sv', 'ja']) {
    assert.ok(tags.includes(tag), tag);
  }
  const table = await readFile(new URL('languages.js', component), 'utf8');
  for (const { file } of all) assert.ok(table.includes(`import('./strings/${file}')`), `languages.js names ${file}`);
});

for (const { file, strings } of all) {
  test(`${file} lacks no string, no placeholder and no plural form`, () => {
    const theirs = new Map(flat(strings));
    assert.deepEqual([...theirs.keys()].sort(), flat(en).map(([path]) => path).sort());
    for (const [path, english] of flat(en)) {
      const text = theirs.get(path);
      assert.ok(text.trim(), path);
      assert.deepEqual(placeholders(text), placeholders(english), path);
    }
    assert.deepEqual(Intl.getCanonicalLocales(strings.language), [strings.language]);
    const { pluralCategories } = new Intl.PluralRules(strings.language).resolvedOptions();
    assert.deepEqual(Object.keys(strings.found).sort(), [...pluralCategories].sort());
    for (const [category, text] of Object.entries(strings.found)) {
      // Arabic and Hebrew have words for none, one and two.
      if (!['zero', 'one', 'two'].includes(category)) assert.deepEqual(placeholders(text), ['{n}'], category);
    }
  });
}

test('numbers choose their plural form, and are written as the language writes them', () => {
  const found = (tag, n) => foundIn(all.find(({ strings }) => strings.language === tag).strings, n);
  assert.deepEqual([1, 2, 5, 22].map((n) => found('pl', n)), ['1 wynik', '2 wyniki', '5 wyników', '22 wyniki']);
  assert.deepEqual([1, 3, 11, 21].map((n) => found('ru', n)), ['1 результат', '3 результата', '11 результатов', '21 результат']);
  assert.deepEqual([1, 2, 3].map((n) => found('ar', n).replace(/[٣3]/, '#')), ['نتيجة واحدة', 'نتيجتان', '# نتائج']);
  assert.equal(foundIn(en, 1234), '1,234 results');
  assert.equal(foundIn(stringsOver({ language: 'fr', found: { other: '{n} résultats' } }), 1), '1 résultats', 'no English form among French ones');
});

test('what is filled in is filled in once', () => {
  assert.equal(fill('More like “{title}”', { title: '{query} $& {title}' }), 'More like “{query} $& {title}”');
});
