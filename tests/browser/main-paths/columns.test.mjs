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

test('lines join the columns, the slider for C ranks again, and a liked hit is ranked by and taken back', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const before = await svm(page);
  assert.ok(await page.evaluate(() => document.querySelectorAll('.slopes path').length) > 10);
  await page.focus('[data-method="svm"] .hit a');
  assert.ok(await page.evaluate(() => document.querySelectorAll('.slopes path.lit').length) > 0);

  await page.focus('#C');
  for (const _ of Array(25)) await page.keyboard.press('ArrowRight');
  await until(page, () => new URL(location.href).searchParams.get('C') === '32');
  const steered = await svm(page, before);
  await page.click('#C-default');
  assert.deepEqual(await svm(page, steered), before);

  await page.click('[data-method="svm"] .hit .feedback[data-direction="more"]');
  const ranked = await svm(page, before);
  assert.ok(!ranked.includes(before[0]));
  await page.click('#examples .chip');
  assert.deepEqual(await svm(page, ranked), before);
});
