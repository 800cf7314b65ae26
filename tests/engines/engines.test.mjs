// `exemplar export` and `exemplar serve --candidates` on real engines: ClickHouse with two shards, and PostgreSQL with pgvector.
// `./build.sh test engines` installs and runs all of it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { PASSWORD, USER, base64, begin, bundle, dot, exemplar, folder, freePort, nearest, random, said, serve, startClickHouse, startPostgres, succeed, vectors } from './support.mjs';

/** Values, names and ids that break statements, where they are part of one. */
const HOSTILE = ["it's", '"quoted"', "'; DROP TABLE passages; --", "x') OR 1=1 --", '\\', "\\' OR 1", '["tags","x"]', '{x:String}', '$1', '%', '日本語', 'a\nb', 'a\r\n--exemplar-values--', '\t'];
const WORDS = ['tides', 'moon', 'bread', 'dough', 'harbour', 'lantern', 'orchard', 'granite'];
const root = folder('engines-test');

function articles(count, name = 'page') {
  return Array.from({ length: count }, (_, i) => ({
    id: `${name}-${i}`, title: `${WORDS[i % 8]} number ${i}`, url: `${name}/${i}.html`, lang: i % 3 ? 'en' : 'de', tags: [`tag-${i % 5}`, HOSTILE[i % HOSTILE.length]],
    [HOSTILE[i % HOSTILE.length]]: HOSTILE[(i + 1) % HOSTILE.length],
    passages: Array.from({ length: 1 + i % 3 }, (_, j) => ({ text: `Of ${WORDS[(i + j) % 8]} and ${WORDS[(i * 3 + j) % 8]}, ${i}.`, heading: ['Part', `${j}`], anchor: `part-${j}` })),
  }));
}

const query = (seed, dimensions = 24) => { const next = random(seed); return Float32Array.from({ length: dimensions }, next); };
const ids = ({ body }) => body.rows.map(({ id }) => id);

for (const start of [startClickHouse, startPostgres]) {
  describe(start.name, () => {
    let engine, server, made;

    before(async () => {
      engine = await start();
      made = bundle(join(root, `${engine.name}.json`), articles(200), 24);
      succeed(['export', made.path, ...engine.export]);
      server = await serve(engine.serve);
    });
    after(async () => {
      await server?.stop();
      await engine?.stop();
    });

    test('the candidates are the rows with the largest inner products, as the bundle has them', async () => {
      for (const [seed, k] of [[1, 1], [2, 10], [3, 200]]) {
        const asked = query(seed);
        const answer = await server.ask({ vector: asked, k });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        assert.deepEqual(ids(answer).sort(), nearest(made.rows, asked, k).sort());
        assert.equal(answer.body.partial, undefined);
        const byId = new Map(made.rows.map((row) => [row.id, row]));
        for (const [i, vector] of vectors(answer.body).entries()) {
          const { id, article, passage, score, words } = answer.body.rows[i];
          const row = byId.get(id);
          assert.ok(row.vector.every((x, j) => Math.abs(x - vector[j]) < 1e-3), `${id}: ${vector}`);
          assert.ok(Math.abs(score - dot(row.vector, asked)) < 5e-3, `${score}`);
          const { passages, id: articleId, title, url, ...fields } = row.article;
          assert.deepEqual(article, { id: articleId, title, url, fields });
          const { article: _, ...rest } = row.passage;
          assert.deepEqual(passage, { ...rest, index: Number(id.split('#')[1]) });
          assert.equal(words, undefined);
        }
      }
    });

    test('fewer rows than were asked for are all rows', async () => {
      const answer = await server.ask({ vector: query(1), k: 1000 });
      assert.deepEqual(ids(answer).sort(), made.rows.map(({ id }) => id).sort());
    });

    test('a filter gives the rows that it allows, whatever its values and fields are', async () => {
      for (const value of HOSTILE) {
        const answer = await server.ask({ vector: query(4), k: 1000, filter: { tags: [value, 'none'] } });
        assert.deepEqual(ids(answer).sort(), made.rows.filter(({ article }) => article.tags.includes(value)).map(({ id }) => id).sort(), value);
        const both = await server.ask({ vector: query(4), k: 1000, filter: { tags: [value], lang: ['de'] } });
        assert.deepEqual(ids(both).sort(), made.rows.filter(({ article }) => article.tags.includes(value) && article.lang === 'de').map(({ id }) => id).sort(), value);
        const field = await server.ask({ vector: query(4), k: 1000, filter: { [value]: HOSTILE } });
        assert.deepEqual(ids(field).sort(), made.rows.filter(({ article }) => article[value]).map(({ id }) => id).sort(), value);
      }
      const none = await server.ask({ vector: query(4), k: 10, filter: { tags: ['\0'] } });
      assert.deepEqual(none.body, { rows: [], vectors: '' });
      const open = await server.ask({ vector: query(4), k: 5, filter: { tags: [] } });
      assert.deepEqual(ids(open).sort(), nearest(made.rows, query(4), 5).sort());
      assert.equal(await engine.count('passages'), made.rows.length);
    });

    test('a text is searched for its words, or the answer says that there are none', async () => {
      const answer = await server.ask({ text: 'the lantern; DROP TABLE passages', k: 1000, filter: { lang: ['en'] } });
      if (engine.name === 'clickhouse') {
        assert.deepEqual([answer.status, answer.body.error.code], [400, 'no-words']);
        const ignored = await server.ask({ text: 'lantern', vector: query(5), k: 7 });
        assert.deepEqual(ids(ignored).sort(), nearest(made.rows, query(5), 7).sort());
        return;
      }
      const has = ({ article, passage }) => /lantern/.test(`${article.title} ${passage.text}`);
      assert.deepEqual(ids(answer).sort(), made.rows.filter((row) => has(row) && row.article.lang === 'en').map(({ id }) => id).sort());
      assert.ok(answer.body.rows.every(({ words, score }) => words > 0 && score === undefined));
      for (const text of HOSTILE) assert.equal((await server.ask({ text, vector: query(5), k: 3 })).status, 200, text);
      // Those of both, each once, and words only where there are any.
      const both = await server.ask({ text: 'Lanterns', vector: query(5), k: 20 });
      const near = nearest(made.rows, query(5), 20);
      assert.ok(near.every((id) => ids(both).includes(id)));
      assert.equal(new Set(ids(both)).size, both.body.rows.length);
      const byId = new Map(made.rows.map((row) => [row.id, row]));
      for (const { id, words } of both.body.rows) assert.equal(words > 0, has(byId.get(id)), id);
      assert.ok(both.body.rows.length > 20);
    });

    test('what is no request is refused by the name of the field', async () => {
      for (const [request, part] of [
        [{ k: 0, vector: query(1) }, 'k is 0'], [{ k: 1001, vector: query(1) }, 'k is 1001'], [{ k: 1, vector: [NaN] }, 'not finite'],
        [{ k: 1, vector: [0, 0] }, 'zero'], [{ k: 1 }, 'vector and text'], [{ k: 1, text: 'a', filter: { tags: 'a' } }, 'filter: tags'],
      ]) {
        const { status, body } = await server.ask(request);
        assert.equal(status, 400);
        assert.ok(body.error.code === 'request' && body.error.message.includes(part), body.error.message);
      }
      assert.equal((await server.post('{}', { 'content-type': 'text/plain' })).status, 415);
      assert.equal((await server.post('{}', { origin: 'https://evil.test' })).status, 403);
    });

    test('a vector of another length is refused, and not compared', async () => {
      for (const dimensions of [1, 23, 25, 4096]) {
        const { status, body } = await server.ask({ vector: query(1, dimensions), k: 10 });
        assert.deepEqual([status, body.error.code], [400, 'dimensions'], JSON.stringify(body));
      }
    });

    test('exported twice, the same rows are there', async () => {
      assert.match(succeed(['export', made.path, ...engine.export]), /holds the \d+ rows of this build already/);
      assert.equal(await engine.count('passages'), made.rows.length);
    });

    test('an export that is killed at any moment goes on, and until then the rows before it are found', async () => {
      const large = bundle(join(root, `${engine.name}-large.json`), articles(15_000, 'later'), 8);
      const args = ['export', large.path, ...engine.export, '--table', 'interrupted'];
      const small = bundle(join(root, `${engine.name}-small.json`), articles(50, 'sooner'), 8);
      succeed(['export', small.path, ...engine.export, '--table', 'interrupted']);
      const asking = await serve(engine.serve, ['--candidates-table', 'interrupted']);
      let kills = 0;
      for (let wait = 100; ; wait *= 2) {
        const child = begin(args);
        const ended = once(child, 'exit');
        const [code] = await Promise.race([ended, pause(wait, [null])]);
        if (code !== null) {
          assert.equal(code, 0);
          break;
        }
        child.kill('SIGKILL');
        kills++;
        await ended;
        const answer = await asking.ask({ vector: query(1, 8), k: 1000 });
        assert.ok(ids(answer).every((id) => id.startsWith('sooner')) || ids(answer).every((id) => id.startsWith('later')), JSON.stringify(answer.body).slice(0, 300));
      }
      assert.ok(kills > 1, `${kills} kills`);
      succeed(args);
      assert.equal(await engine.count('interrupted'), large.rows.length);
      const answer = await asking.ask({ vector: query(1, 8), k: 50 });
      const found = nearest(large.rows, query(1, 8), 50);
      assert.ok(ids(answer).filter((id) => found.includes(id)).length >= 48, 'an index may miss some');
      for (const tables of await engine.tables()) assert.ok(tables.filter((name) => name.startsWith('interrupted')).length <= 2, tables);
      await asking.stop();
    });

    test('while another build takes the place of one, each answer is wholly of either', async () => {
      const [one, two] = ['one', 'two'].map((name) => bundle(join(root, `${engine.name}-${name}.json`), articles(name === 'one' ? 1500 : 900, name), 8));
      const options = [...engine.export, '--table', 'replaced'];
      succeed(['export', one.path, ...options]);
      const asking = await serve(engine.serve, ['--candidates-table', 'replaced']);
      for (const { path } of [two, one, two]) {
        const child = begin(['export', path, ...options]);
        const ended = once(child, 'exit');
        let isOver = false;
        ended.then(() => { isOver = true; });
        while (!isOver) {
          const answer = await asking.ask({ vector: query(3, 8), k: 1000 });
          assert.equal(answer.status, 200, JSON.stringify(answer.body));
          assert.equal(new Set(ids(answer).map((id) => id.slice(0, 3))).size, 1);
          assert.equal(answer.body.rows.length, 1000);
          assert.equal(answer.body.partial, undefined);
        }
        assert.deepEqual(await ended, [0, null]);
      }
      assert.equal(await engine.count('replaced'), two.rows.length);
      await asking.stop();
    });

    test('a table of somebody else stays as it is, and is not searched', async () => {
      const columns = engine.name === 'clickhouse' ? 'theirs (id UInt8) ENGINE = Memory' : 'theirs (id int)';
      await engine.run(`CREATE TABLE ${columns}`);
      const refused = exemplar(['export', made.path, ...engine.export, '--table', 'theirs']);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /theirs .*was not made by `exemplar export`.*--table/);
      for (const table of ['theirs', 'nowhere']) {
        const asking = await serve(engine.serve, ['--candidates-table', table]);
        const { status, body } = await asking.ask({ vector: query(1), k: 10 });
        assert.deepEqual([status, body.error.code], [502, 'engine-schema'], JSON.stringify(body));
        await asking.stop();
      }
    });

    test('a wrong password is told as such', async () => {
      const wrong = { EXEMPLAR_ENGINE_PASSWORD: 'wrong-Pa55' };
      const refused = exemplar(['export', made.path, ...engine.export], wrong);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /refuses the user or the password: set EXEMPLAR_ENGINE_USER and EXEMPLAR_ENGINE_PASSWORD/);
      const asking = await serve(engine.serve, [], wrong);
      const { status, body } = await asking.ask({ vector: query(1), k: 10 });
      assert.deepEqual([status, body.error.code], [502, 'engine-credentials']);
      await asking.stop();
    });

    test('a thousand rows of 384 dimensions have vectors of 0.8 MB at most, and gzip packs the answer', async () => {
      const wide = bundle(join(root, `${engine.name}-wide.json`), articles(600, 'wide'), 384);
      succeed(['export', wide.path, ...engine.export, '--table', 'wide']);
      const asking = await serve(engine.serve, ['--candidates-table', 'wide']);
      const answer = await asking.ask({ vector: query(1, 384), k: 1000 });
      assert.equal(answer.body.rows.length, 1000);
      const found = nearest(wide.rows, query(1, 384), 1000);
      assert.ok(ids(answer).filter((id) => found.includes(id)).length >= 990);
      assert.equal(Buffer.from(answer.body.vectors, 'base64').length, 768_000);
      // By hand, as `fetch` unpacks it.
      const { request } = await import('node:http');
      const body = JSON.stringify({ vector: base64(query(1, 384)), k: 1000 });
      const sent = request(asking.address, { method: 'POST', headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip', 'content-length': body.length } }).end(body);
      const [response] = await once(sent, 'response');
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const packed = Buffer.concat(chunks);
      assert.equal(response.headers['content-encoding'], 'gzip');
      assert.deepEqual(JSON.parse(gunzipSync(packed).toString()), answer.body);
      console.log(`${engine.name}: 1,000 rows x 384: ${JSON.stringify(answer.body).length} bytes, ${packed.length} packed, vectors ${answer.body.vectors.length}`);
      await asking.stop();
    });

    test('an engine that is down is told as such within two seconds, and asked again when it is back', async () => {
      await engine.down();
      const answer = await server.ask({ vector: query(1), k: 10 });
      assert.deepEqual([answer.status, answer.body.error.code], [503, 'engine-down'], JSON.stringify(answer.body));
      assert.ok(answer.milliseconds < 2000, `${answer.milliseconds} ms`);
      const refused = exemplar(['export', made.path, ...engine.export]);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /connection refused|nothing listens there/i);
      await engine.up();
      for (let tries = 0; tries < 20; tries++) {
        const { status, body } = await server.ask({ vector: query(2), k: 10 });
        if (status === 200 && !body.partial) return;
        await pause(250);
      }
      assert.fail('it does not come back');
    });

    if (start === startClickHouse) {
      test('with a shard down the answer is partial and says so, within two seconds', async () => {
        const stopped = engine.shards[1];
        const left = made.rows.filter(({ article }) => Number(article.id.split('-')[1]) % 2 === 0);
        const all = async () => {
          const whole = await server.ask({ vector: query(6), k: 30 });
          assert.equal(whole.body.partial, undefined);
          assert.deepEqual(ids(whole).sort(), nearest(made.rows, query(6), 30).sort());
        };
        await all();
        await stopped.program.stop('SIGKILL');
        for (let i = 0; i < 3; i++) {
          const answer = await server.ask({ vector: query(6), k: 30 });
          assert.equal(answer.status, 200, JSON.stringify(answer.body));
          assert.deepEqual(answer.body.partial, { missing: 1, of: 2 });
          assert.deepEqual(ids(answer).sort(), nearest(left, query(6), 30).sort());
          assert.ok(answer.milliseconds < 2000, `${answer.milliseconds} ms`);
        }
        // The other server of the cluster is asked, where the first one is down.
        const either = await serve([stopped.url, engine.shards[0].url]);
        const answer = await either.ask({ vector: query(6), k: 30 });
        assert.deepEqual(answer.body.partial, { missing: 1, of: 2 });
        await either.stop();
        await stopped.program.start();
        await all();
      });

      test('a shard that hangs gives an error in time, and no answer that seems whole', async () => {
        const asking = await serve(engine.serve, ['--candidates-timeout', '2']);
        const { child } = engine.shards[1].program;
        child.kill('SIGSTOP');
        const answer = await asking.ask({ vector: query(6), k: 30 });
        child.kill('SIGCONT');
        assert.ok(answer.body.partial?.missing === 1 || answer.body.error?.code === 'engine-time', JSON.stringify(answer.body));
        assert.ok(answer.milliseconds < 4000, `${answer.milliseconds} ms`);
        await asking.stop();
      });

      test('a cluster of another number of shards is refused', () => {
        const refused = exemplar(['export', made.path, '--to', 'clickhouse', '--cluster', 'both', '--url', engine.shards[0].url]);
        assert.match(refused.stderr, /the cluster both has 2 shards, and --url names 1 servers/);
      });

      test('a server alone needs no cluster', async () => {
        const alone = ['--to', 'clickhouse', '--url', engine.shards[0].url, '--table', 'alone'];
        succeed(['export', made.path, ...alone]);
        const asking = await serve(engine.serve, ['--candidates-table', 'alone']);
        const answer = await asking.ask({ vector: query(6), k: 30 });
        assert.deepEqual(ids(answer).sort(), nearest(made.rows, query(6), 30).sort());
        assert.equal(answer.body.partial, undefined);
        await asking.stop();
      });
    }

    test('more requests than the rate are refused with the time to wait', async () => {
      const asking = await serve(engine.serve, ['--candidates-per-minute', '4']);
      const answers = [await asking.ask({ vector: query(1), k: 1 }), await asking.ask({ vector: query(1), k: 1 })];
      assert.deepEqual(answers.map(({ status }) => status), [200, 429]);
      assert.ok(Number(answers[1].headers.get('retry-after')) > 0);
      await asking.stop();
    });
  });
}

test('lines of JSON hold the same rows', () => {
  const made = bundle(join(root, 'lines.json'), articles(20), 6);
  const lines = succeed(['export', made.path, '--to', 'jsonl']).trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ id }) => id), made.rows.map(({ id }) => id));
  for (const [i, { vector, article, passage }] of lines.entries()) {
    assert.ok(vector.every((x, j) => Math.abs(x - made.rows[i].vector[j]) < 1e-6));
    assert.deepEqual([article.title, passage.text], [made.rows[i].article.title, made.rows[i].passage.text]);
  }
  const file = join(root, 'rows.jsonl');
  succeed(['export', made.path, '--to', 'jsonl', '-o', file, '--out', join(root, 'remote')]);
  const remote = JSON.parse(readFileSync(join(root, 'remote/search.json'), 'utf8'));
  assert.ok(remote.format, 'the remote bundle is beside');
  assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, made.rows.length);
});

test('the example of a backend answers as the engines do', async () => {
  const made = bundle(join(root, 'example.json'), articles(60), 24);
  const file = join(root, 'example.jsonl');
  succeed(['export', made.path, '--to', 'jsonl', '-o', file]);
  const port = await freePort();
  const child = spawn(process.execPath, ['examples/candidates/server.mjs', file, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const ask = async (body) => (await fetch(`http://127.0.0.1:${port}/v1/candidates`, { method: 'POST', body: JSON.stringify(body) })).json();
    const answer = await ask({ vector: base64(query(1)), k: 10, filter: { lang: ['en'] } });
    const allowed = made.rows.filter(({ article }) => article.lang === 'en');
    assert.deepEqual(ids({ body: answer }).sort(), nearest(allowed, query(1), 10).sort());
    for (const [i, vector] of vectors(answer).entries()) {
      const row = allowed.find(({ id }) => id === answer.rows[i].id);
      assert.ok(row.vector.every((x, j) => Math.abs(x - vector[j]) < 1e-3), `${row.vector} ${vector}`);
    }
    const words = await ask({ text: 'lantern', k: 1000 });
    assert.ok(words.rows.length > 0 && words.rows.every((row) => row.words === 1));
    assert.equal((await ask({ k: 5000, text: 'a' })).error.code, 'request');
    assert.equal((await ask({ k: 5, vector: base64(query(1, 3)) })).error.code, 'dimensions');
  } finally {
    child.kill();
  }
});

test('an address with a password is refused, and options that do not fit', () => {
  const made = bundle(join(root, 'options.json'), articles(2), 6);
  for (const [args, part] of [
    [['--to', 'clickhouse', '--url', `http://u:${encodeURIComponent(PASSWORD)}@h/a`], 'EXEMPLAR_ENGINE_PASSWORD'],
    [['--to', 'pgvector', '--url', `postgresql://h/a?password=${encodeURIComponent(PASSWORD)}`], 'EXEMPLAR_ENGINE_PASSWORD'],
    [['--to', 'pgvector'], '--url is missing'], [['--to', 'pgvector', '--url', 'http://h/a'], 'is an address of ClickHouse'],
    [['--to', 'jsonl', '--url', 'http://h/a'], '--url is for'],
    [['--to', 'clickhouse', '--url', 'http://h/a', '--table', "a'; DROP"], '--table'],
    [['--to', 'clickhouse', '--url', 'http://h/a', '--cluster', "a'"], '--cluster'],
    [['--to', 'clickhouse', '--url', 'http://h/a', '--url', 'http://h/b'], 'name the cluster'],
  ]) {
    const { status, stderr } = exemplar(['export', made.path, ...args]);
    assert.ok(status > 0 && stderr.includes(part), stderr);
  }
});

after(() => {
  rmSync(root, { recursive: true });
  // In nothing that was said: of no test, and of no failure.
  for (const text of said) assert.ok(!text.includes(PASSWORD) && !text.includes(USER) && !text.includes('wrong-Pa55'), text);
});
