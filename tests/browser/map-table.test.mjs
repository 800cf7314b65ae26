import assert from 'node:assert/strict';
import test from 'node:test';
import { marks, panel, ranks } from './panel-support.mjs';
import { hits, open, serve, THREADS } from './support.mjs';

test('the map\'s table says what the map shows, in the order that is asked for, page by page', async (t) => {
  const page = await open(t, `${await serve(t)}?q=${encodeURIComponent(THREADS)}`);
  const onMap = await marks(page);
  const map = await panel(page, 'map');
  await map.getByText('The same as a table').click();
  const rows = () => map.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  await map.locator('tbody tr').first().waitFor();
  const column = (all, place) => all.map((row) => Number(row[place].replace('−', '-')));
  const descending = (values) => assert.deepEqual(values, values.toSorted((a, b) => b - a));

  const byDecision = await rows();
  assert.equal(byDecision.length, 20);
  descending(column(byDecision, 2));
  const [best] = await hits(page, 'svm');
  assert.ok(byDecision[0][0].startsWith(best.title) && byDecision[0][4].includes('SVM 1'));
  for (const [, , decision, within] of byDecision) assert.equal(within, Number(decision) > -1 ? 'yes' : 'no');

  await map.getByRole('button', { name: 'Cosine' }).click();
  await map.locator('th[aria-sort="descending"]', { hasText: 'Cosine' }).waitFor();
  const byCosine = await rows();
  descending(column(byCosine, 1));
  assert.ok(byCosine[0][4].includes('kNN 1'));

  // All of it: each passage once, each hit with its ranks.
  const all = [...byCosine];
  const on = map.getByRole('button', { name: 'On', exact: true });
  for (let first = 21; !(await on.isDisabled()); first += 20) {
    await on.click();
    await map.getByText(`${first} to `).waitFor();
    all.push(...(await rows()));
  }
  assert.ok((await page.locator('#facts').textContent()).includes(`${all.length} passages`));
  const found = all.filter((row) => row[4]).map((row) => row[4]).sort();
  assert.deepEqual(found, onMap.map((mark) => Object.entries(ranks(mark)).map((pair) => pair.join(' ')).join(', ')).sort());
});
