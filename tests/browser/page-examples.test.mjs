import assert from 'node:assert/strict';
import test from 'node:test';
import { copySite, hits, METHODS, open, serve, smallBundle, THREADS, withApiAlone } from './support.mjs';

const QUERY = `?q=${encodeURIComponent(THREADS)}`;
const first = (page, method = 'svm') => page.locator(`[data-method="${method}"] .hit`).first();
const articles = async (page, method) => (await hits(page, method)).map(({ article }) => article);
const chips = (page) => page.locator('#examples .chip');

/** Waits until the examples given are those shown. */
const given = (page, liked, disliked) =>
  page.getByRole('status').filter({ hasText: `Learned from ${liked} liked, ${disliked} disliked` }).waitFor();

test('liking and disliking hits ranks every column again, and can be taken back one by one', async (t) => {
  const page = await open(t, (await serve(t, { dist: await withApiAlone(t) })) + QUERY);
  const before = {};
  for (const method of METHODS) before[method] = await hits(page, method);
  const [{ title, article }] = before.svm;

  await first(page).getByRole('button', { name: `More like “${title}”` }).click();
  await given(page, 1, 0);
  for (const method of METHODS) {
    assert.ok(!(await articles(page, method)).includes(article), `${method} leaves the example out`);
    assert.notDeepEqual(await hits(page, method), before[method]);
  }
  const disliked = await first(page).locator('.title').textContent();
  await first(page).getByRole('button', { name: `Less like “${disliked}”` }).click();
  await given(page, 1, 1);
  assert.deepEqual(await chips(page).allTextContents(), [title, disliked]);
  assert.match(page.url(), /more=.*less=/, 'the address has the examples');

  await page.goBack();
  await given(page, 1, 0);
  assert.deepEqual(await chips(page).allTextContents(), [title]);
  await page.getByRole('button', { name: `More like “${title}”: undo` }).click();
  await chips(page).waitFor({ state: 'detached' });
  await page.locator('[data-method="svm"] .title').getByText(title).waitFor();
  for (const method of METHODS) assert.deepEqual(await hits(page, method), before[method]);
});

test('a hit that was liked by keyboard gives its focus to the one that takes its place, a chip to the next', async (t) => {
  const page = await open(t, (await serve(t)) + QUERY);
  await hits(page, 'svm');
  const focus = () => page.evaluate(() => {
    const { activeElement } = document;
    const hit = activeElement.closest('.hit');
    const column = activeElement.closest('.column')?.dataset.method;
    return hit ? `${column} ${[...hit.parentElement.children].indexOf(hit)} ${activeElement.className}` : activeElement.id || activeElement.className;
  });
  await page.locator('[data-method="svm"] .hit').nth(1).locator('.feedback').first().focus();
  await page.keyboard.press('Enter');
  await given(page, 1, 0);
  assert.equal(await focus(), 'svm 1 feedback');
  await page.keyboard.press('Enter');
  await given(page, 2, 0);
  assert.equal(await focus(), 'svm 1 feedback');

  await chips(page).first().focus();
  await page.keyboard.press('Enter');
  await given(page, 1, 0);
  assert.equal(await focus(), 'chip');
  await page.keyboard.press('Enter');
  await chips(page).waitFor({ state: 'detached' });
  assert.equal(await focus(), 'examples');
});

test('examples stay with a new query, and rank alone without one; dislikes alone say what is missing', async (t) => {
  const site = await serve(t);
  const page = await open(t, site + QUERY);
  await hits(page, 'svm');
  await first(page).locator('.feedback[data-direction="more"]').click();
  await given(page, 1, 0);
  const box = page.getByRole('searchbox');
  await box.fill('');
  await box.press('Enter');
  await page.getByRole('heading', { name: 'Articles by those you like' }).waitFor();
  assert.equal((await hits(page, 'svm')).length, 10);
  assert.equal(await chips(page).count(), 1);
  await page.getByRole('link', { name: 'Back to the start' }).click();
  await page.locator('.hit').first().waitFor({ state: 'detached' });

  await page.goto(`${site}?less=ch16-03-shared-state.html`);
  await page.getByRole('status').filter({ hasText: 'Like an article or ask something' }).waitFor();
  assert.equal(await page.locator('.hit').count(), 0);
  await page.getByRole('button', { name: 'Undo all' }).click();
  await page.locator('#examples').waitFor({ state: 'hidden' });
  assert.ok(await box.evaluate((input) => input === document.activeElement), 'the focus is not lost');
});

test('an example that the bundle does not have is named', async (t) => {
  const page = await open(t, `${await serve(t)}${QUERY}&more=no-such-article`);
  await page.getByRole('alert').getByText('no-such-article').waitFor();
});

test('the title of an example is text, never markup', async (t) => {
  const hostile = '<img src=x onerror="window.harmed = true">';
  const dist = await copySite(t, { 'small.json': smallBundle([{ title: hostile }, {}, {}]) });
  const page = await open(t, `${await serve(t, { dist })}?more=a0`);
  await hits(page, 'svm');
  assert.deepEqual(await chips(page).allTextContents(), [hostile]);
  assert.equal(await page.evaluate(() => window.harmed), undefined);
});
