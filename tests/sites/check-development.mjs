// A generator's development server before the site has been built: the box says that there is no search yet, and nothing fails.

import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { listeningPage } from './listening-page.mjs';
import { start } from './tools.mjs';

const DEADLINE = 180_000;

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{ develop: (port: string) => string[], console?: RegExp }} generator develop: its command
 * @param {string} built the folder of the built pages
 * @param {string} cwd the site's folder
 * @returns {Promise<string[]>} problems
 */
export async function checkDevelopment(browser, { develop, console: expected }, built, cwd, base) {
  const port = String(4400 + Math.floor(Math.random() * 500));
  const aside = `${dirname(cwd)}/built-aside`;
  await rename(built, aside);
  const stop = start(develop(port), cwd);
  const problems = [];
  const context = await browser.newContext();
  try {
    const address = `http://127.0.0.1:${port}${base}`;
    await answers(address);
    // The sites have no icon.
    const counts = (said) => said.startsWith('error: ') && !/\(.*favicon.*\)$/.test(said) && !expected?.test(said);
    const page = await listeningPage(context, address, problems, counts);
    await page.goto(address, { timeout: DEADLINE });
    await page.locator('exemplar-search input:visible').first().click({ timeout: DEADLINE });
    await page.getByText('Build the site once').first().waitFor({ timeout: 10_000 });
  } catch (error) {
    problems.push(error.message.split('\n')[0]);
  } finally {
    await context.close();
    stop();
    await rename(aside, built);
  }
  return problems;
}

async function answers(address) {
  const end = Date.now() + DEADLINE;
  while (!await fetch(address).then((response) => response.ok, () => false)) {
    if (Date.now() > end) throw new Error('the development server does not answer');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
