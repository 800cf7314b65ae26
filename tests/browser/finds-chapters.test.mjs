import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, hits, METHODS, open, serve, THREADS, THREADS_CHAPTERS } from './support.mjs';

test('a typed question finds the right chapters of the Rust Book in all three columns', async (t) => {
  const page = await open(t, await serve(t));
  await ask(page, THREADS);
  for (const method of METHODS) {
    const found = await hits(page, method);
    assert.equal(found.length, 10);
    assert.deepEqual(found.map(({ rank }) => rank), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    assert.match(found[0].href, THREADS_CHAPTERS, `${method}'s first hit is of the chapters on concurrency`);
    assert.ok(found.filter(({ href }) => THREADS_CHAPTERS.test(href)).length >= 3, `${method} finds at least three of them`);
    assert.deepEqual(found.map(({ score }) => score), found.map(({ score }) => score).sort((a, b) => b - a));
  }
  await page.getByText('10 hits by each method').waitFor();

  const [{ href }] = await hits(page, 'hybrid');
  const chapter = await page.request.get(href);
  assert.equal(chapter.status(), 200, 'the hit leads to the chapter');
});

test('every column says how long it took, and how each hit moved against kNN', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const ranks = new Map((await hits(page, 'knn')).map(({ article, rank }) => [article, Number(rank)]));
  for (const method of ['svm', 'hybrid']) {
    const moves = await page.locator(`[data-method="${method}"] .move`).allInnerTexts();
    for (const [i, { article }] of (await hits(page, method)).entries()) {
      const by = ranks.has(article) ? ranks.get(article) - (i + 1) : undefined;
      const expected = by === undefined ? /^▲/ : by > 0 ? new RegExp(`^▲${by}\\b`) : by < 0 ? new RegExp(`^▼${-by}\\b`) : /^=/;
      assert.match(moves[i], expected);
    }
  }
  for (const took of await page.locator('.took').allInnerTexts()) assert.match(took, /ms/);
});

test('a hit leads to the section that answers, and shows its headings and its text', async (t) => {
  const site = await serve(t);
  const page = await open(t, `${site}?q=${encodeURIComponent(THREADS)}`);
  const found = await hits(page, 'knn');
  const sections = found.filter(({ href }) => new URL(href).hash);
  assert.ok(sections.length >= 5, 'most hits are of a section');
  for (const { href, heading, excerpt } of sections) {
    const { hash } = new URL(href);
    const chapter = await (await page.request.get(href)).text();
    assert.ok(chapter.includes(`id="${decodeURIComponent(hash.slice(1))}"`), `${href} is there`);
    assert.ok(excerpt, `${href} shows its text`);
    assert.notEqual(heading, '', href);
  }
  assert.ok(sections.some(({ heading }) => heading), 'headings are shown');
});
