import assert from 'node:assert/strict';
import test from 'node:test';
import { ask, copySite, open, serve, smallBundle, THREADS } from './support.mjs';

test('an embedding of other dimensions than the bundle is named with both numbers', async (t) => {
  const dist = await copySite(t, { 'small.json': smallBundle([{}, {}, {}]) });
  const page = await open(t, await serve(t, { dist }));
  await ask(page, THREADS);
  const alert = page.getByRole('alert');
  await alert.getByRole('heading', { name: 'The embedding does not fit this bundle' }).waitFor();
  assert.match(await alert.innerText(), /384.*3/);
  await alert.getByRole('button', { name: 'Settings' }).click();
  assert.equal(await page.getByLabel('Model').inputValue(), 'multilingual-e5-small');
});
