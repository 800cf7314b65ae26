import assert from 'node:assert/strict';
import test from 'node:test';
import { hits, open, serve, THREADS } from './support.mjs';

const QUERY = `?q=${encodeURIComponent(THREADS)}`;
const slider = (page) => page.getByRole('slider', { name: 'C of the SVM' });
const articles = async (page, method) => (await hits(page, method)).map(({ article }) => article);

test('the slider ranks the SVM and what is fused with it again, the address keeps it, and one button leads back', async (t) => {
  const site = await serve(t);
  const page = await open(t, site + QUERY);
  const before = {};
  for (const method of ['knn', 'svm', 'hybrid', 'whitened+lexical']) before[method] = await hits(page, method);
  await slider(page).focus();
  await page.keyboard.press('End');
  await page.waitForURL(/C=1000/);
  await page.getByText('hits have another rank than at 0.1').waitFor();
  assert.equal(await slider(page).getAttribute('aria-valuetext'), '1,000');
  assert.notDeepEqual(await hits(page, 'svm'), before.svm);
  assert.notDeepEqual(await hits(page, 'hybrid'), before.hybrid);
  assert.deepEqual(await hits(page, 'knn'), before.knn);
  assert.deepEqual(await hits(page, 'whitened+lexical'), before['whitened+lexical']);
  assert.match(await page.locator('[data-method="svm"] .solver').textContent(), /^Duality gap .* · converged$/);

  const moved = await articles(page, 'svm');
  await page.reload();
  assert.deepEqual(await articles(page, 'svm'), moved);
  assert.equal(await slider(page).getAttribute('aria-valuetext'), '1,000', 'the address has it');

  await page.getByRole('button', { name: 'Back to 0.1' }).click();
  await page.waitForURL((url) => !url.search.includes('C='));
  await page.getByRole('button', { name: 'Back to 0.1' }).waitFor({ state: 'hidden' });
  assert.ok(await slider(page).evaluate((input) => input === document.activeElement), 'the focus is not lost');
  await page.locator('#C-effect', { hasText: 'Small' }).waitFor();
  assert.deepEqual(await hits(page, 'svm'), before.svm);
});

test('links that were there before the slider moved lead on with its C', async (t) => {
  const page = await open(t, `${await serve(t)}${QUERY}&more=ch16-03-shared-state.html`);
  await hits(page, 'svm');
  await slider(page).focus();
  await page.keyboard.press('End');
  await page.getByText('hits have another rank than at 0.1').waitFor();
  for (const link of ['.similar', '#suggestions a', '#other-language']) {
    assert.match(await page.locator(link).first().getAttribute('href'), /C=1000/, link);
  }
  await page.locator('#suggestions a').nth(1).click();
  await page.waitForURL(/C=1000/);
  assert.match(page.url(), /more=ch16-03/, 'and with the examples');
  await hits(page, 'svm');
  await page.locator('#clear-examples').click();
  await page.locator('#suggestions a').first().click();
  await page.waitForURL((url) => !url.search.includes('more='));
});

test('a C that is no number or out of range means the default', async (t) => {
  const site = await serve(t);
  const page = await open(t, `${site}${QUERY}&C=1e9`);
  for (const C of ['1e9', '-1', 'much', '']) {
    await page.goto(`${site}${QUERY}&C=${C}`);
    await hits(page, 'svm');
    assert.equal(await slider(page).getAttribute('aria-valuetext'), '0.1', C);
  }
});

test('a slider that is dragged to and fro ends at the ranking of where it was let go', async (t) => {
  const site = await serve(t);
  const page = await open(t, `${site}${QUERY}&C=250`);
  const expected = await hits(page, 'svm');
  await page.goto(site + QUERY);
  await hits(page, 'svm');
  await slider(page).focus();
  for (const key of ['End', 'Home', 'End', ...Array(6).fill('ArrowLeft')]) await page.keyboard.press(key);
  await page.waitForURL(/C=250/);
  await page.waitForFunction((score) => document.querySelector('[data-method="svm"] .score').textContent.includes(score), expected[0].score.toFixed(3));
  assert.deepEqual(await hits(page, 'svm'), expected);
});

for (const reducedMotion of ['no-preference', 'reduce']) {
  test(`hits ${reducedMotion === 'reduce' ? 'do not move' : 'move'} to their new places where motion is "${reducedMotion}"`, async (t) => {
    const page = await open(t, (await serve(t)) + QUERY, { context: { reducedMotion } });
    await hits(page, 'svm');
    await page.evaluate(() => {
      window.moved = 0;
      const { animate } = Element.prototype;
      Element.prototype.animate = function (...args) {
        window.moved++;
        return animate.apply(this, args);
      };
    });
    await slider(page).focus();
    await page.keyboard.press('End');
    await page.getByText('hits have another rank than at 0.1').waitFor();
    assert.equal(await page.evaluate(() => window.moved > 0), reducedMotion !== 'reduce');
    // Where they come to rest, lines join them still.
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState === 'finished'));
    await page.waitForTimeout(50);
    const drawn = await page.locator('.slopes path').count();
    assert.ok(drawn > 10);
  });
}
