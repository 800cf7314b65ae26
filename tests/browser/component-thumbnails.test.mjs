import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, box, boxHits, bundleOfPages, componentSite, openBox, type } from './component-support.mjs';

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 6"><rect width="12" height="6" fill="teal"/></svg>';
const POLICY = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

/** A page whose picture is at this address. */
const page = (title, image) => `<html lang="en"><head><title>${title}</title><meta property="og:image" content="${image}"></head>`
  + `<main><h1>${title}</h1><p>How to drop an anchor.</p></main></html>`;

const PAGES = {
  'own.html': page('A picture', 'img/own.svg'),
  'lost.html': page('A lost picture', '/img/lost.svg'),
  'script.html': page('No picture', 'javascript:alert(1)'),
  'none.html': page('None at all', ''),
};

async function site(t, options) {
  const asked = [];
  const routes = {
    '/img/own.svg': (request, response) => {
      asked.push(request.headers.referer);
      response.setHeader('content-type', 'image/svg+xml');
      response.end(PICTURE);
    },
    '/img/lost.svg': (_request, response) => response.writeHead(404).end(),
  };
  const body = '<exemplar-search bundle="/search/bundle.json" base="/"></exemplar-search>';
  return { asked, address: await componentSite(t, { body, bundle: await bundleOfPages(PAGES, options), policy: POLICY, routes }) };
}

const pictures = (page) => page.locator('exemplar-search .hit').evaluateAll((hits) => Object.fromEntries(hits.map((hit) => {
  const picture = hit.querySelector('img');
  const seen = picture?.checkVisibility({ visibilityProperty: true });
  return [hit.querySelector('.name').textContent, picture && { src: picture.getAttribute('src'), alt: picture.alt, loading: picture.loading, seen }];
})));

test('where the owner wants it, a hit shows the picture that its page names', async (t) => {
  const { address, asked } = await site(t, ['--thumbnails']);
  const page = await openBox(t, `${address}guide/deep/`, { console: /404/ });
  await type(page, 'anchor');
  await boxHits(page);
  await page.waitForFunction(() => document.querySelector('exemplar-search').shadowRoot.querySelector('.missing'));
  const known = { alt: '', loading: 'lazy' };
  assert.deepEqual(await pictures(page), {
    'A picture': { src: `${address}img/own.svg`, ...known, seen: true },
    'A lost picture': { src: `${address}img/lost.svg`, ...known, seen: false },
    'No picture': null,
    'None at all': null,
  });
  await page.waitForFunction(() => document.querySelector('exemplar-search').shadowRoot.querySelector('img').complete);
  assert.deepEqual(asked, [undefined], 'it is asked for once, and not told of the page');
  await accessible(page);
});

test('a picture has its place before it is there, in either direction and on a phone', async (t) => {
  const { address } = await site(t, ['--thumbnails']);
  const page = await openBox(t, address, { console: /404/, context: { viewport: { width: 320, height: 640 } } });
  let answer;
  await page.route('**/own.svg', (route) => new Promise((resolve) => (answer = () => resolve(route.continue()))));
  await type(page, 'anchor');
  await boxHits(page);
  const boundsOf = (part) => page.locator(`exemplar-search ${part}`).first().boundingBox();
  const hit = page.locator('exemplar-search .hit', { hasText: /^A picture/ });
  const before = await hit.boundingBox();
  await page.waitForFunction(() => document.querySelector('exemplar-search').shadowRoot.querySelector('.missing'));
  answer();
  await page.waitForFunction(() => [...document.querySelector('exemplar-search').shadowRoot.querySelectorAll('img')].every(({ complete }) => complete));
  assert.deepEqual(await hit.boundingBox(), before);
  for (const direction of ['ltr', 'rtl']) {
    await page.evaluate((direction) => (document.documentElement.dir = direction), direction);
    const [name, picture, panel] = [await boundsOf('.pictured .name'), await boundsOf('.thumbnail'), await boundsOf('[part="panel"]')];
    assert.ok(picture.x >= panel.x && picture.x + picture.width <= panel.x + panel.width, `${JSON.stringify([picture, panel])}`);
    assert.ok(direction === 'ltr' ? name.x < picture.x : name.x > picture.x, 'it stands where the line ends');
    assert.ok(picture.width > 45 && picture.height > 25);
  }
});

test('without the option, pictures stay out of the bundle', async (t) => {
  const { address } = await site(t, []);
  const page = await openBox(t, address);
  await type(page, 'anchor');
  await boxHits(page);
  assert.deepEqual(await page.locator('exemplar-search img').count(), 0);
  assert.ok(await box(page).isVisible());
});
