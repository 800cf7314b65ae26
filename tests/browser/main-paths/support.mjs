// The main paths in a browser of the reader's choice: EXEMPLAR_BROWSER is `firefox` (default), over WebDriver BiDi, `webkit`, or
// `chrome`, to tell a fault of the browser from one of the test. All else is tested in Chromium alone, in the folder above.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { atEnd } from '../support.mjs';
import { launchWebKit } from './webkit.mjs';

const browsers = {
  // It would ask for an icon that no test site has, which their policy does not allow.
  firefox: { executablePath: process.env.FIREFOX ?? ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync), extraPrefsFirefox: { 'browser.chrome.site_icons': false } },
  chrome: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
};
const browser = process.env.EXEMPLAR_BROWSER ?? 'firefox';

/**
 * A page, closed with the test, which fails if the page's console is not empty then.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} address
 * @param {RegExp} [expected] messages that belong to the test
 */
export async function open(t, address, expected) {
  const messages = [];
  const { page, close } = await (browser === 'webkit' ? launchWebKit() : launch((message) => messages.push(message)));
  atEnd(t, close);
  atEnd(t, () => assert.deepEqual(messages.filter((message) => !expected?.test(message)), [], 'the console is empty'));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(address);
  return page;
}

async function launch(onMessage) {
  const running = await puppeteer.launch({ browser, headless: true, ...browsers[browser] });
  const page = await running.newPage();
  page.on('console', (message) => onMessage(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => onMessage(String(error.stack ?? error)));
  return { page, close: () => running.close() };
}

/** Waits until a function in the page gives something true, and resolves to that. */
export async function until(page, condition, ...args) {
  return (await page.waitForFunction(condition, {}, ...args)).jsonValue();
}
