// How the hits of several bundles are merged, against what the document says, computed the slow way.

import assert from 'node:assert/strict';
import test from 'node:test';
import { mergedResult } from '../../www/client/merged-result.js';
import { merge } from '../../www/client/merging.js';

/** Numbers from 0 to 1, the same in each run. */
function numbers(seed) {
  return () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

const QUERY = 'Déployer, enfin';

function hit(name, scores, { title = name, heading } = {}) {
  return { rank: 0, score: 0, scores, passageIndex: 0, passage: { heading: heading && [heading] }, article: { id: name, title, url: `https://site/${name}` } };
}

/** A few bundles' rankings, of which some hits are the query by their title or heading, and some pages are in two bundles. */
function rankings(random) {
  const some = (most) => Math.floor(random() * (most + 1));
  return Array.from({ length: 1 + some(3) }, (_, bundle) => ({
    method: 'whitened+0.5*lexical', passages: 1 + some(500), ...(random() < 0.5 && { known: random() }),
    hits: Array.from({ length: some(25) }, (_, place) => hit(`${random() < 0.1 ? 'shared' : bundle}/${place}`, { whitened: random(), lexical: 20 * random() },
      random() < 0.05 ? { title: 'deployer enfin!' } : random() < 0.05 ? { heading: 'DÉPLOYER — ENFIN' } : {})),
  }));
}

/** The next is the first hit of the bundle that has the best of what is left. */
function slowly(all, weights) {
  const value = (ranking, hit, name) => hit.scores[name] / (name === 'lexical' ? Math.log(ranking.passages + 1) ** 0.5 : 1 / (ranking.known ?? 1) ** 2);
  const z = (ranking, hit, name) => {
    const best = all.flatMap((ranking) => ranking.hits.filter((_, i) => i < 10).map((hit) => value(ranking, hit, name)));
    const mean = best.reduce((a, b) => a + b) / best.length;
    const variance = best.reduce((a, b) => a + (b - mean) * (b - mean), 0) / best.length;
    return variance > 0 ? (value(ranking, hit, name) - mean) / Math.sqrt(variance) : 0;
  };
  const rated = all.map((ranking) => ranking.hits.map((hit) => ({
    hit, score: Object.entries(weights).reduce((sum, [name, weight]) => sum + weight * z(ranking, hit, name), 0),
    named: /^deployer/.test(hit.article.title) ? 2 : hit.passage.heading ? 1 : 0,
  })));
  const order = [];
  for (;;) {
    const left = rated.filter((list) => list.length);
    if (!left.length) return order.filter((url, i) => order.indexOf(url) === i);
    const best = (list) => list.reduce((a, b) => (b.named > a.named || (b.named === a.named && b.score > a.score) ? b : a));
    const next = left.reduce((a, b) => (best(b).named > best(a).named || (best(b).named === best(a).named && best(b).score > best(a).score) ? b : a));
    order.push(next.shift().hit.article.url);
  }
}

test('hits are merged as the document says', () => {
  const random = numbers(11);
  for (let round = 0; round < 300; round++) {
    const all = rankings(random);
    const merged = merge(all, QUERY);
    assert.deepEqual(merged.map(({ article }) => article.url), slowly(all, { whitened: 1, lexical: 0.5 }), `round ${round}`);
    for (const { hits } of all) {
      const places = hits.map(({ article }) => merged.findIndex(({ article: { id } }) => id === article.id)).filter((place) => place >= 0);
      if (!hits.some(({ article }) => article.id.startsWith('shared'))) assert.deepEqual(places, places.toSorted((a, b) => a - b), 'the order within a bundle stays');
    }
  }
});

test('hits are compared by what all of them have, and by their places where that is nothing', () => {
  const words = { method: 'lexical', passages: 100, hits: [hit('a', { lexical: 9 }), hit('b', { lexical: 1 })] };
  const both = { method: 'whitened+lexical', passages: 100, hits: [hit('c', { whitened: 0.1, lexical: 5 }), hit('d', { whitened: 0.9, lexical: 4 })] };
  const meaning = { method: 'knn', passages: 100, hits: [hit('e', { knn: 0.9 }), hit('f', { knn: 0.8 })] };
  const order = (...all) => merge(all).map(({ article }) => article.id).join('');
  assert.equal(order(words, both), 'acdb');
  assert.equal(order(both, words), 'acdb');
  assert.equal(order(words, meaning), 'aebf');
  assert.equal(order(meaning, { ...words, hits: [] }), 'ef');
  assert.equal(order(), '');
});

test('the same scores from all are no reason to change places, and no number is lost', () => {
  const same = (name) => ({ method: 'hybrid', passages: 1, hits: [hit(`${name}1`, { knn: 0.5, svm: 1 }), hit(`${name}2`, { knn: 0.5, svm: 1 })] });
  const merged = merge([same('a'), same('b')], 'x');
  assert.deepEqual(merged.map(({ score }) => score), [0, 0, 0, 0]);
  assert.equal(merged.length, 4);
});

test('of a phrase that one bundle has, the words in the others are no hits', () => {
  const answer = (bundle, closeness) => ({ bundle, passages: 10, result: { method: 'lexical', closeness, hits: [hit(bundle, { lexical: 1 })] } });
  const titles = (closeness, text) => mergedResult(closeness.map((one, i) => answer(`bundle ${i}`, one)), text).hits.map(({ article }) => article.title);
  assert.deepEqual(titles(['nearest', 'good'], '"data race"'), ['bundle 1']);
  assert.deepEqual(titles(['nearest', 'good'], 'data race').sort(), ['bundle 0', 'bundle 1']);
  assert.deepEqual(titles(['nearest', 'nearest'], '“data race”').sort(), ['bundle 0', 'bundle 1']);
  assert.deepEqual(titles([undefined, 'good'], '"data race"').sort(), ['bundle 0', 'bundle 1'], 'where a bundle does not tell');
});
