import assert from 'node:assert/strict';
import test from 'node:test';
import { serve, THREADS } from '../support.mjs';
import { open, until } from './support.mjs';

/** Articles of the SVM's hits, once the page has answered and hits are at rest. */
const svm = (page, changedFrom) => until(page, (before) => {
  if (document.querySelector('#results[aria-busy="true"]') || !/hits by/.test(document.querySelector('#status').textContent)) return false;
  const hits = [...document.querySelectorAll('[data-method="svm"] .hit')].map(({ dataset }) => dataset.article);
  return String(hits) !== before && document.getAnimations().every(({ playState }) => playState === 'finished') && hits;
}, changedFrom && String(changedFrom));

/** Waits until the hits are these again: on a slow machine, others that were asked for before may come first. */
const svmAgain = (page, hits) => until(page, (wanted) => document.querySelector('#results[aria-busy="false"]')
  && String([...document.querySelectorAll('[data-method="svm"] .hit')].map(({ dataset }) => dataset.article)) === wanted, String(hits));

test('lines join the columns, the slider for C ranks again, and a liked hit is ranked by and taken back', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const before = await svm(page);
  assert.ok(await page.evaluate(() => document.querySelectorAll('.slopes path').length) > 10);
  await page.focus('[data-method="svm"] .hit a');
  assert.ok(await page.evaluate(() => document.querySelectorAll('.slopes path.lit').length) > 0);

  await page.focus('#C');
  for (const _ of Array(25)) await page.keyboard.press('ArrowRight');
  await until(page, () => new URL(location.href).searchParams.get('C') === '32');
  await svm(page, before);
  await page.click('#C-default');
  await svmAgain(page, before);

  await page.click('[data-method="svm"] .hit .feedback[data-direction="more"]');
  const ranked = await svm(page, before);
  assert.ok(!ranked.includes(before[0]));
  await page.click('#examples .chip');
  await svmAgain(page, before);
});
