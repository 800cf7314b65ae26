import test from 'node:test';
import { accessible, boxHits, builtBundle, componentSite, ITEMS, openBox, type } from './component-support.mjs';

const BODY = '<exemplar-search bundle="/search/bundle.json" filters="tags lang" suggestions="share a value | publish" recent></exemplar-search>';
const looks = {
  'dark': { colorScheme: 'dark' },
  'a phone': { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  'forced colours': { forcedColors: 'active' },
};

for (const [look, context] of Object.entries(looks)) {
  test(`axe finds nothing in the box in ${look}: idle, hits, chosen, none`, async (t) => {
    const page = await openBox(t, await componentSite(t, { body: BODY, bundle: await builtBundle(t, ITEMS) }), { context });
    await page.getByRole('combobox').click();
    await page.getByRole('button', { name: 'publish' }).waitFor();
    await accessible(page);
    await type(page, 'thread');
    await boxHits(page);
    await page.keyboard.press('ArrowDown');
    await accessible(page);
    await page.getByRole('combobox').fill('zygote');
    await page.getByText('Nothing found for “zygote”').first().waitFor();
    await accessible(page);
  });
}
