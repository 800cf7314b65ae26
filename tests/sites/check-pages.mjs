// A site in Chromium, as a reader has it: light, dark by the theme's own switch, on a phone, after a link of the navigation, by keys.

import { join } from 'node:path';
import { QUERIES, pagesOf } from './content.mjs';
import { listeningPage } from './listening-page.mjs';

const DESKTOP = { locale: 'en-GB', viewport: { width: 1280, height: 800 }, colorScheme: 'light' };
const PHONE = { locale: 'en-GB', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2, colorScheme: 'light' };
const PHOTO = 'how do I get deleted photographs back';

/**
 * @param {import('playwright-core').Browser} browser
 * @param {object} generator
 * @param {string} root the site's address
 * @param {string} pictures the folder for screenshots
 * @returns {Promise<Record<string, string[]>>} problems, by what is checked
 */
export async function checkPages(browser, generator, root, pictures) {
  const problems = { console: [] };
  const checks = { hits: checkAllHits, keys: checkKeys, light: look('light', DESKTOP), dark: checkDark, phone: look('phone', PHONE), navigation: checkNavigation };
  for (const [name, check] of Object.entries(checks)) {
    problems[name] = [];
    const open = opener(browser, root, problems.console, generator.console);
    try {
      await check({ generator, root, open, pictures, wrong: (problem) => problems[name].push(problem) });
    } catch (error) {
      problems[name].push(error.message.split('\n').slice(0, 3).join(' '));
    } finally {
      await open.close();
    }
  }
  return problems;
}

/** Opens pages, and notes what their consoles say, but for what the theme itself says. */
function opener(browser, root, messages, expected) {
  const contexts = [];
  const open = async (path, options = DESKTOP) => {
    const context = await browser.newContext(options);
    contexts.push(context);
    const page = await listeningPage(context, root, messages, (said) => !expected?.test(said));
    page.setDefaultTimeout(30_000);
    await page.goto(root + path, { timeout: 30_000 });
    return page;
  };
  return Object.assign(open, { close: () => Promise.all(contexts.map((context) => context.close())) });
}

const box = (page) => page.locator('exemplar-search:visible').first();
/** A path as hosts have it that put a slash after a folder's name. */
const pathOf = (url) => new URL(url).pathname.replace(/\/$/, '');
const field = (page) => page.locator('exemplar-search [part="input"]:visible');

/** Opens the box by the pointer, asks, and waits for the last word. */
async function ask(page, query) {
  await page.locator('exemplar-search :is([part="button"], [part="input"]):visible').first().click();
  await field(page).fill(query);
  await answered(page);
}

/** Resolves to the first hit once meaning has been asked too. */
async function answered(page) {
  await page.locator('exemplar-search .hit').first().waitFor();
  await page.locator('exemplar-search .list[aria-busy="false"]').first().waitFor();
  return page.locator('exemplar-search .hit').first().evaluate((hit) => {
    const [href, ...sections] = [...hit.querySelectorAll('a')].map((link) => link.href);
    return { title: hit.querySelector('.name').textContent, href, sections };
  });
}

async function checkAllHits(site) {
  await checkHits(site);
  await checkVersions(site);
}

async function checkHits({ generator, root, open, wrong }) {
  let anchors = 0;
  for (const lang of ['en', 'de']) {
    const titles = new Map((await pagesOf(lang)).map(({ name, title }) => [name, title]));
    const page = await open(generator.address(lang, 'installation'));
    const target = await open(generator.address(lang, 'installation'));
    for (const { query, page: name } of QUERIES.filter((query) => query.lang === lang)) {
      await ask(page, query);
      const { title, href, sections } = await answered(page);
      if (title !== titles.get(name)) wrong(`"${query}" finds "${title}", not "${titles.get(name)}"`);
      if (pathOf(href) !== pathOf(new URL(generator.address(lang, name), root))) wrong(`"${query}" leads to ${href}`);
      for (const link of [href, ...sections]) {
        const response = await target.goto(link);
        // The same page with another anchor is not loaded again.
        if (response && response.status() !== 200) wrong(`${link} is not there`);
        const { hash } = new URL(link);
        const there = await target.evaluate((id) => document.getElementById(id) !== null, decodeURIComponent(hash.slice(1)));
        if (hash) anchors += 1;
        if (hash && !there) wrong(`${link} has no such place`);
      }
      await page.keyboard.press('Escape');
    }
  }
  if (generator.anchors !== false && !anchors) wrong('no hit leads to a section');
}

/** Whatever shortcuts the theme has: no letter of a query reaches it, and keys open the first hit. */
async function checkKeys({ generator, open, wrong }) {
  const page = await open(generator.address('en', 'installation'));
  await box(page).waitFor();
  await page.keyboard.press('Control+k');
  await field(page).waitFor();
  await page.evaluate(() => addEventListener('keydown', ({ key }) => (globalThis.leaked = key)));
  const query = 's/ fnpqg? photographs are gone';
  await page.keyboard.type(query);
  if (await field(page).inputValue() !== query) wrong(`of "${query}", the field has "${await field(page).inputValue()}"`);
  if (await page.evaluate(() => globalThis.leaked)) wrong('the page gets what is typed');
  await field(page).fill(PHOTO);
  const { href } = await answered(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  if (new URL(page.url()).pathname !== new URL(await page.evaluate(() => location.href)).pathname) wrong('arrows leave the page');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => pathOf(url) === pathOf(href), { waitUntil: 'commit' });
}

const paper = (page) => page.locator('exemplar-search .results, exemplar-search [part="panel"], exemplar-search [part="dialog"]').last()
  .evaluate((element) => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const color = getComputedStyle(at).backgroundColor;
      const values = color.match(/[\d.]+/g)?.map(Number) ?? [];
      if (values.length === 3 || values[3] > 0) return (color.startsWith('rgb') ? (values[0] + values[1] + values[2]) / 765 : values[0]);
    }
    return 1;
  });

/** A picture with hits. What can be measured: the box and its list are within the screen. */
function look(name, options) {
  return async ({ generator, open, pictures, wrong }) => {
    const page = await open(generator.address('en', 'certificates'), options);
    if (name === 'phone' && generator.phone) await page.locator(generator.phone).click();
    await box(page).waitFor();
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await ask(page, PHOTO);
    await within(page, wrong);
    if (await paper(page) < 0.6) wrong('the list is dark on a light page');
    await page.screenshot({ path: join(pictures, `${name}-hits.png`) });
  };
}

async function within(page, wrong) {
  const { width, height } = page.viewportSize();
  for (const part of ['[part="panel"]', '.hit']) {
    const bounds = await page.locator(`exemplar-search ${part}`).first().boundingBox();
    if (!bounds || bounds.x < 0 || bounds.x + bounds.width > width + 1 || bounds.y < 0 || bounds.y > height) wrong(`${part} is out of the screen: ${JSON.stringify(bounds)}`);
  }
}

/** Themes without a switch follow the system, or are light. */
async function checkDark({ generator: { dark, address }, open, pictures, wrong }) {
  const page = await open(address('en', 'certificates'), dark ? DESKTOP : { ...DESKTOP, colorScheme: 'dark' });
  await box(page).waitFor();
  for (let i = 0; dark && i < 3 && !await page.locator(dark.is).count(); i += 1) {
    if (dark.select) await page.locator(dark.select).first().selectOption('dark');
    else for (const selector of dark.click.split(', ')) await page.locator(selector).first().click();
  }
  if (dark && !await page.locator(dark.is).count()) return wrong('the switch of the theme was not found');
  await ask(page, PHOTO);
  const isDark = await page.evaluate(() => {
    const colors = [document.body, document.documentElement].map((its) => getComputedStyle(its).backgroundColor);
    const probe = document.body.appendChild(Object.assign(document.createElement('div'), { style: 'background: Canvas' }));
    const color = [...colors, getComputedStyle(probe).backgroundColor].find((its) => its !== 'rgba(0, 0, 0, 0)');
    probe.remove();
    const [r, g, b] = color.match(/[\d.]+/g).map(Number);
    return r + g + b < 380;
  });
  if (dark && !isDark) wrong('the page is not dark');
  const level = await paper(page);
  if (isDark !== level < 0.4) wrong(`the page is ${isDark ? 'dark' : 'light'}, and the list ${level.toFixed(2)} light`);
  await page.screenshot({ path: join(pictures, 'dark-hits.png') });
}

/** After a link of the navigation there is one box, which works; and it leads on from there. */
async function checkNavigation({ generator, open, wrong }) {
  const page = await open(generator.address('en', 'installation'));
  await box(page).waitFor();
  if (generator.follow) {
    await page.locator(generator.follow).first().click();
    await page.waitForURL(/certificates/);
    await page.waitForLoadState();
  }
  const boxes = await page.locator('exemplar-search:visible').count();
  if (boxes !== 1) wrong(`the page has ${boxes} boxes`);
  await ask(page, PHOTO);
  const { href } = await answered(page);
  await page.locator('exemplar-search .hit a').first().click();
  await page.waitForURL((url) => pathOf(url) === pathOf(href));
  await box(page).waitFor();
  await ask(page, 'the browser says the site is not secure');
  const { title } = await answered(page);
  if (title !== 'Encrypted connections') wrong(`on the page of a hit, "${title}" is found`);
}

/** From a page of a version, only pages of that version are found, and from a page of none those of the current one. */
async function checkVersions({ generator, root, open, wrong }) {
  for (const { from, query, finds, never } of generator.versions ?? []) {
    const page = await open(from);
    await ask(page, query);
    const { href } = await answered(page);
    if (pathOf(href) !== pathOf(new URL(finds, root))) wrong(`"${query}" on ${from} leads to ${href}`);
    const links = await page.locator('exemplar-search .hit a').evaluateAll((links) => links.map((link) => link.href));
    const others = links.filter((link) => never.test(link));
    if (others.length) wrong(`"${query}" on ${from} also leads to ${others}`);
  }
}
