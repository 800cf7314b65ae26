import assert from 'node:assert/strict';
import test from 'node:test';
import { FunctionWords } from '../../www/component/function-words.js';
import { boxHits, builtBundle, componentSite, ITEMS, openBox, type, WORDS } from './component-support.mjs';

/** What is left marked of a text in which these words are. */
function marks(query, text, words) {
  const ranges = [...text.matchAll(new RegExp(words, 'giu'))].map(({ index, 0: word }) => [index, index + word.length]);
  const hit = { article: { title: '' }, text, highlights: { title: [], excerpt: [], text: ranges } };
  return new FunctionWords('a how the to').unmark(hit, query).highlights.text.map((range) => text.slice(...range));
}

test('function words are marked beside others, not alone, and where nothing else was asked for', () => {
  assert.deepEqual(marks('How to lock the door', 'How to lock. The end, to a door.', '\\b(how|to|lock|the|door|a)\\b'), ['How', 'to', 'lock', 'to', 'a', 'door']);
  assert.deepEqual(marks('the lock', 'The key. Lock the lid, the key', '\\b(the|lock)\\b'), ['Lock', 'the']);
  assert.deepEqual(marks('how to', 'How so? To a key', '\\b(how|to)\\b'), ['How', 'To']);
  assert.deepEqual(marks('lock', '', 'x'), []);
});

test('the excerpt shows and marks the words that say something', async (t) => {
  const page = await openBox(t, await componentSite(t, { bundle: await builtBundle(t, ITEMS, WORDS) }));
  await type(page, 'how to lock a value at a time');
  const [{ marks }] = await boxHits(page);
  assert.deepEqual(marks, ['at', 'a', 'time', 'value', 'Lock']);
});
