import assert from 'node:assert/strict';
import test from 'node:test';
import { densest } from '../../www/component/snippet.js';

/** Where the part begins that is shown of a text, with these words found. */
function begins(text, words) {
  const ranges = [...text.matchAll(new RegExp(words, 'giu'))].map(({ index, 0: word }) => [index, index + word.length]);
  return text.slice(densest(text, ranges)).slice(0, 10);
}

test('a part with more of the words is shown before one with fewer, and the first of equal ones', () => {
  const far = ' and so on'.repeat(30);
  assert.equal(begins(`Data is far${far}. A data race is worse.`, 'data|race'), 'data race ');
  assert.equal(begins(`A data race.${far}. Data of races.`, 'data|race'), 'data race.');
  assert.equal(begins(`Data.${far} data, data.`, 'data'), 'data, data');
  assert.equal(begins(`所有権。${'あ'.repeat(300)}所有権を移す。`, '所有権|移す'), '所有権を移す。');
  assert.equal(begins('Nothing of it', 'x'), 'Nothing of');
});
