import assert from 'node:assert/strict';
import test from 'node:test';
import { marks, panel } from './panel-support.mjs';
import { copySite, open, serve, smallBundle } from './support.mjs';

const MARKUP = '<img src=x onerror="window.hostile=1"><b>bold</b>&amp;';

test('titles stay text and addresses of scripts lead nowhere, in all sections', async (t) => {
  const articles = [{ id: 'start' }, { title: MARKUP, url: 'javascript:window.hostile=1' }, { title: MARKUP }, {}];
  const dist = await copySite(t, { 'hostile.json': smallBundle(articles) });
  const page = await open(t, `${await serve(t, { dist })}?similar=start`);
  const all = await marks(page);
  assert.ok(all.some(({ label }) => label.startsWith(MARKUP)));
  const map = await panel(page, 'map');
  await map.getByText('The same as a table').click();
  await map.locator('tbody').getByText(MARKUP).first().waitFor();
  await map.locator('.mark').first().hover();
  await map.locator('.tip').filter({ hasText: /./ }).waitFor();
  await panel(page, 'how');
  await page.locator('#how .drawing text', { hasText: '<img' }).first().waitFor();
  assert.equal(await page.locator('.panel :is(img, a[href^="javascript"])').count(), 0);
  assert.equal(await page.evaluate(() => window.hostile), undefined);
});
