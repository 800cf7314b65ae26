// How the tests start Chromium. It is apart from support.mjs, which needs a built site.

/** @type {import('playwright-core').LaunchOptions} */
export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};
