import test from 'node:test';
import { accessible, answered, copySite, hits, open, serve, smallBundle, THREADS } from './support.mjs';

const QUERY = `?q=${encodeURIComponent(THREADS)}`;

const looks = {
  'light': { colorScheme: 'light' },
  'dark': { colorScheme: 'dark' },
  'phone': { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  'Japanese': { locale: 'ja' },
  'forced colours': { forcedColors: 'active' },
};

for (const [look, context] of Object.entries(looks)) {
  test(`axe finds nothing in ${look}: start, hits, examples, similar, settings`, async (t) => {
    const site = await serve(t);
    const page = await open(t, site, { context });
    await page.locator('#facts:not(:empty)').waitFor();
    await accessible(page);
    await page.goto(site + QUERY);
    await hits(page, 'hybrid');
    await accessible(page);
    await page.locator('.feedback[data-direction="more"]').first().click();
    await page.locator('.chip').waitFor();
    await hits(page, 'hybrid');
    await page.locator('.feedback[data-direction="less"]').nth(1).click();
    await page.locator('.chip').nth(1).waitFor();
    await page.locator('#keep-examples').click();
    await page.locator('#C').press('ArrowRight');
    // What it did is said when it is done.
    await page.locator('#C-effect', { hasText: '0.1' }).waitFor();
    await hits(page, 'hybrid');
    await accessible(page);
    await page.locator('.similar').first().click();
    await page.locator('#view').waitFor();
    await hits(page, 'hybrid');
    await accessible(page);
    await page.locator('#open-settings').click();
    await accessible(page);
  });
}

test('axe finds nothing where something failed', async (t) => {
  const dist = await copySite(t, { 'small.json': smallBundle([{}, {}]), 'broken.json': '{' });
  const page = await open(t, `${await serve(t, { dist })}${QUERY}`);
  await answered(page);
  await accessible(page);
  await page.getByRole('combobox', { name: 'Site' }).selectOption('broken.json');
  await page.locator('#problem[data-code="bundle-json"]').waitFor();
  await accessible(page);
});

test('the number of hits is announced', async (t) => {
  const page = await open(t, (await serve(t)) + QUERY);
  await page.getByRole('status').filter({ hasText: '10 hits by each method' }).waitFor();
});
