/**
 * A page of a browser without a way out: what a theme loads from elsewhere is not there, without a word in the console.
 *
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} root the site's address
 * @param {string[]} messages gets what fails in the page, and what its console says
 * @param {(said: string) => boolean} counts whether something that the console says belongs there
 */
export async function listeningPage(context, root, messages, counts) {
  const page = await context.newPage();
  page.on('console', (message) => {
    const said = `${message.type()}: ${message.text()} (${message.location().url})`;
    if (counts(said)) messages.push(said);
  });
  page.on('pageerror', (error) => messages.push(error.stack));
  await page.route((url) => url.origin !== new URL(root).origin, (route) => route.fulfill({ body: '' }));
  return page;
}
