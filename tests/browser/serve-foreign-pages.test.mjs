// What a page of another website gets from `exemplar serve`: nothing. Its own name may lead to this machine (DNS rebinding), or
// it may send requests across origins, in every way that browsers know.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { atEnd, serve } from './support.mjs';

const SECRET = 'text of the site';

/** A server of the test's own on this machine, ended with it. Resolves to its port. */
async function listen(t, answer) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  return server.address().port;
}

/** Chromium, for which the name evil.test leads to this machine. Its own guard of local networks, which other browsers lack, is off. */
async function browserWithForeignName(t) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--host-resolver-rules=MAP evil.test 127.0.0.1', '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'],
  });
  atEnd(t, () => browser.close());
  return browser;
}

/** A served site with an API behind it. Resolves to its port and the requests that the API gets. */
async function servedSite(t) {
  const paid = [];
  const api = await listen(t, (request, response) => {
    paid.push(request.url);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: [{ index: 0, embedding: [1, 0] }] }));
  });
  const dist = await mkdtemp(join(tmpdir(), 'exemplar-'));
  atEnd(t, () => rm(dist, { recursive: true }));
  await writeFile(join(dist, 'index.html'), `<!DOCTYPE html><title>Own</title><p>${SECRET}`);
  await writeFile(join(dist, 'bundle.js'), `globalThis.stolen = '${SECRET}'`);
  await writeFile(join(dist, 'picture.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const address = new URL(await serve(t, { dist, api: `http://127.0.0.1:${api}` }));
  return { port: address.port, paid };
}

/** In a page: asks `base` for the site and its API, in every way. Resolves to what came of each. */
async function attack(base) {
  const body = '{"model": "m", "input": "a"}';
  const fetched = (path, init) => fetch(base + path, init).then(
    async (response) => (response.type === 'opaque' ? 'opaque' : `${response.status} ${await response.text()}`),
    () => 'refused',
  );
  const loaded = (name, attributes) => new Promise((resolve) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.onload = () => resolve(`loaded ${element.naturalWidth ?? ''}`);
    element.onerror = () => resolve('refused');
    document.body.append(element);
  });
  return {
    embeddings: await fetched('/v1/embeddings', { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    simple: await fetched('/v1/embeddings', { method: 'POST', body, mode: 'no-cors' }),
    beacon: navigator.sendBeacon(`${base}/v1/embeddings`, new Blob([body], { type: 'text/plain' })) && 'sent',
    page: await fetched('/'),
    script: await loaded('script', { src: `${base}/bundle.js` }),
    stolen: globalThis.stolen,
    picture: await loaded('img', { src: `${base}/picture.svg` }),
  };
}

test('a foreign name that leads here gets no answer', async (t) => {
  const { port, paid } = await servedSite(t);
  const browser = await browserWithForeignName(t);
  const page = await browser.newPage();
  const own = `http://evil.test:${port}`;
  assert.equal((await page.goto(`${own}/`)).status(), 403);
  // The attacker's page, from before its name led here.
  await page.route(`${own}/attack`, (route) => route.fulfill({ contentType: 'text/html', body: '<body>' }));
  await page.goto(`${own}/attack`);
  const got = await page.evaluate(attack, own);
  assert.match(got.embeddings, /^403 .*"code":"host"/);
  assert.match(got.page, /^403 /);
  assert.equal(got.script, 'refused');
  assert.equal(got.picture, 'refused');
  assert.ok(!JSON.stringify(got).includes(SECRET), JSON.stringify(got));
  assert.deepEqual(paid, []);
});

test('a page of another origin gets no answer, and a link to the site works', async (t) => {
  const { port, paid } = await servedSite(t);
  const site = `http://127.0.0.1:${port}`;
  const foreign = await listen(t, (_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<body><a href="${site}/">link</a><iframe src="${site}/"></iframe>`);
  });
  const browser = await browserWithForeignName(t);
  // Another site, and another port of this machine.
  for (const name of ['evil.test', '127.0.0.1']) {
    const page = await browser.newPage();
    const answers = [];
    page.on('response', (response) => response.url().startsWith(site) && answers.push(response.status()));
    await page.goto(`http://${name}:${foreign}/`);
    const got = await page.evaluate(attack, site);
    assert.equal(got.embeddings, 'refused');
    assert.equal(got.page, 'refused');
    assert.equal(got.script, 'refused');
    assert.equal(got.picture, 'refused');
    assert.ok(!JSON.stringify(got).includes(SECRET), JSON.stringify(got));
    assert.ok(answers.every((status) => status === 403), `${name}: ${answers}`);
    for (const frame of page.frames()) assert.ok(!(await frame.content()).includes(SECRET));
    await page.click('a');
    await page.waitForURL(`${site}/`);
    assert.ok((await page.content()).includes(SECRET));
    await page.close();
  }
  assert.deepEqual(paid, []);
});

test('the site itself gets its answers', async (t) => {
  const { port, paid } = await servedSite(t);
  const browser = await browserWithForeignName(t);
  const page = await browser.newPage();
  for (const name of ['127.0.0.1', 'localhost']) {
    await page.goto(`http://${name}:${port}/`);
    const got = await page.evaluate(attack, `http://${name}:${port}`);
    assert.match(got.embeddings, /^200 /);
    assert.match(got.page, /^200 /);
    assert.equal(got.stolen, SECRET);
    assert.equal(got.picture, 'loaded 9');
  }
  assert.equal(paid.length, 2);
});
