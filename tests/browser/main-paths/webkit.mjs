// WebKit, the engine of Safari: Debian's WebKitGTK, over WebDriver (W3C), with as much of puppeteer's page as the main paths need. It
// draws into an X server, which scripts/webkit-tests.sh starts. It does not tell what its console says.

import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support.mjs';

const BROWSER = process.env.WEBKIT ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const DRIVER = process.env.WEBKIT_DRIVER ?? 'WebKitWebDriver';

/** WebDriver's names of keys that are no characters. @type {Record<string, string>} */
const KEYS = {
  Tab: '\uE004', Enter: '\uE007', Shift: '\uE008', Escape: '\uE00C', End: '\uE010', Home: '\uE011',
  ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014', ArrowDown: '\uE015',
};

/** Milliseconds until a condition is given up: many, as nobody waits for this browser on a machine of its own. */
const PATIENCE = 120_000;

/** A page in a browser of its own, with a fresh profile, and what ends it. */
export async function launchWebKit() {
  const port = await freePort();
  // A process group of its own, so that the browser ends with its driver.
  const driver = spawn(DRIVER, [`--port=${port}`], { stdio: 'ignore', detached: true });
  const close = () => process.kill(-driver.pid);
  try {
    await until(() => fetch(`http://127.0.0.1:${port}/status`).catch(() => undefined));
    const wanted = { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] } } } };
    const { sessionId } = await command(`http://127.0.0.1:${port}/session`, 'POST', wanted);
    const session = `http://127.0.0.1:${port}/session/${sessionId}`;
    const page = pageOf((path, body) => command(`${session}/${path}`, 'POST', body));
    return { page, close: () => command(session, 'DELETE').finally(close) };
  } catch (error) {
    close();
    throw error;
  }
}

async function command(address, method, body) {
  const answer = await fetch(address, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`WebDriver: ${value.error}: ${value.message}`);
  return value;
}

async function until(condition) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await pause(50)) {
    const value = await condition();
    if (value) return value;
  }
  throw new Error(`nothing came of ${condition} within ${PATIENCE / 1000} s`);
}

/** @param {(path: string, body: object) => Promise<any>} post */
function pageOf(post) {
  const actions = (...keys) => post('actions', { actions: [{ type: 'key', id: 'keys', actions: keys }] });
  const key = (type) => (name) => ({ type, value: KEYS[name] ?? name });
  const [down, up] = ['keyDown', 'keyUp'].map(key);

  /** `[whether it is true, its JSON]` */
  const run = async (run, args) => {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${run})(...${JSON.stringify(args)}))
        .then((value) => done({ is: Boolean(value), json: JSON.stringify(value) }), (error) => done({ error: String(error) + error?.stack }));`;
    const { error, is, json } = await post('execute/async', { script, args: [] });
    if (error) throw new Error(`${error} in ${run}`);
    return [is, json];
  };
  const parse = (json) => (json === undefined || json === null ? undefined : JSON.parse(json));

  return {
    goto: (url) => post('url', { url }),
    reload: () => post('refresh', {}),
    setViewport: ({ width, height }) => post('window/rect', { width, height }),
    evaluate: async (code, ...args) => parse((await run(code, args))[1]),
    waitForFunction: async (code, _options, ...args) => {
      const [, json] = await until(async () => {
        const found = await run(code, args);
        return found[0] && found;
      });
      return { jsonValue: () => parse(json) };
    },
    focus: (selector) => run((selector) => document.querySelector(selector).focus(), [selector]),
    click: async (selector) => {
      const [element] = Object.values(await post('element', { using: 'css selector', value: selector }));
      await post(`element/${element}/click`, {});
    },
    keyboard: {
      down: (name) => actions(down(name)),
      up: (name) => actions(up(name)),
      press: (name) => actions(down(name), up(name)),
      type: (text) => actions(...[...text].flatMap((letter) => [down(letter), up(letter)])),
    },
  };
}
