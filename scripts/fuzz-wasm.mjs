// node scripts/fuzz-wasm.mjs SECONDS [SEED]: gives the core, as `scripts/wasm.sh build` makes it for browsers, mutated golden bundles and
// shards whose lengths and checksums fit again, searches what it takes, and fails if it traps or needs more than 5 seconds for one. The
// input is then in target/fuzz/found.

import { createHash } from 'node:crypto';
import { readFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const GOLDEN = 'tests/golden';
/** Bytes of a shard's head; see docs/bundle-format.md. */
const HEAD = 28;
/** Milliseconds that one input may take. */
const HANG = 5000;

if (isMainThread) watch();
else fuzz(workerData);

/** Runs the mutations in a thread of its own, which a hang cannot keep from being ended. */
function watch() {
  const seconds = Number(process.argv[2] ?? 60);
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
  if (!(seconds > 0) || !Number.isInteger(seed)) throw new Error('usage: node scripts/fuzz-wasm.mjs SECONDS [SEED]');
  const input = new SharedArrayBuffer(1 << 20);
  const count = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { seed, input, count, end: Date.now() + seconds * 1000 } });
  let before = -1;
  const timer = setInterval(() => {
    if (count[0] === before) fail(`an input takes more than ${HANG / 1000} s`);
    before = count[0];
  }, HANG);
  worker.on('error', (error) => fail(error.stack));
  worker.on('message', ({ taken, searched }) => {
    clearInterval(timer);
    console.log(`seed ${seed}: ${count[0]} inputs, ${taken} of them taken, ${searched} searches; no trap and no hang`);
  });

  function fail(problem) {
    clearInterval(timer);
    worker.terminate();
    mkdirSync('target/fuzz/found', { recursive: true });
    const file = `target/fuzz/found/wasm-${seed}-${count[0]}`;
    const bytes = Buffer.from(input);
    writeFileSync(file, bytes.subarray(4, 4 + bytes.readUInt32LE(0)));
    console.error(`seed ${seed}, input ${count[0]}, in ${file}: ${problem}`);
    process.exitCode = 1;
  }
}

/** Mutates until the time ends. Only an `Error` with a `code` is an answer to a bad input; a trap, or a panic, has none. */
async function fuzz({ seed, input, count, end }) {
  const { initSync, Loader, Shards } = await import('../www/client/pkg/exemplar_search.js');
  initSync({ module: readFileSync('www/client/pkg/exemplar_search_bg.wasm') });
  const random = randomNumbers(seed);
  const bundles = goldenBundles();
  const shards = goldenShards();
  const shown = Buffer.from(input);
  let taken = 0;
  let searched = 0;

  const refused = (call) => {
    try {
      return call();
    } catch (error) {
      if (typeof error?.code !== 'string') throw error;
      return undefined;
    }
  };
  const show = (files) => {
    const bytes = Buffer.concat(files).subarray(0, shown.length - 4);
    shown.writeUInt32LE(bytes.length, 0);
    bytes.copy(shown, 4);
  };
  const ask = (index) => {
    const { dimensions } = index.info();
    const embedding = Float32Array.from({ length: dimensions }, (_, i) => Math.cos(i));
    for (const method of ['auto', 'lexical', 'svm', 'hybrid']) {
      refused(() => index.search('sea tid', true, undefined, { method, k: 3, facets: ['tags'] }));
      refused(() => index.search(undefined, false, embedding, { method, k: 3 }));
      searched += 2;
    }
    refused(() => index.map(undefined, false, embedding, [], [], {}));
    refused(() => index.encode('the tide'));
    index.free();
  };

  function bundle() {
    const { json, beside } = mutatedBundle(random.of(bundles), random);
    show([json, beside]);
    const loader = refused(() => new Loader(json));
    if (!loader) return;
    for (const name of loader.files()) {
      loader.expect(name, beside.length);
      loader.add(name, beside);
    }
    const index = refused(() => loader.finish(true));
    if (!index) return;
    taken += 1;
    ask(index);
  }

  function inShards() {
    const { manifest, files } = mutatedShards(shards, random);
    show([manifest, ...files.values()]);
    const whole = refused(() => new Shards(manifest));
    if (!whole) return;
    const give = (name) => {
      const file = files.get(name);
      if (!file || refused(() => whole.add(name, file) ?? true) === undefined) refused(() => whole.giveUp(name));
    };
    give('start-0.bin');
    const embedding = Float32Array.from({ length: whole.info().dimensions }, (_, i) => Math.cos(i));
    for (const [text, vector] of [['moon harbor', undefined], [undefined, embedding]]) {
      for (let answer; (answer = refused(() => whole.search(text, false, vector, {})))?.wanted.length;) answer.wanted.forEach(give);
      searched += 1;
    }
    whole.missing().forEach(give);
    const index = refused(() => whole.index(true));
    whole.free();
    if (!index) return;
    taken += 1;
    ask(index);
  }

  while (Date.now() < end) {
    (random.below(3) ? bundle : inShards)();
    count[0] += 1;
  }
  parentPort.postMessage({ taken, searched });
}

/** Numbers that are the same for a seed (mulberry32). */
function randomNumbers(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit) => next() % limit;
  return { below, of: (list) => list[below(list.length)] };
}

/** One to four changes: bytes that are others, cut off, put in, or there twice. */
function mutated(bytes, random) {
  let changed = Buffer.from(bytes);
  for (let changes = 1 + random.below(4); changes > 0 && changed.length; changes -= 1) {
    const at = random.below(changed.length);
    const length = random.below(16);
    const kind = random.below(8);
    if (kind < 4) changed[at] = kind < 2 ? random.below(256) : changed[at] ^ (1 << random.below(8));
    else if (kind === 4) changed = changed.subarray(0, at);
    else if (kind === 5) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
    else if (kind === 6) changed = Buffer.concat([changed.subarray(0, at + length), changed.subarray(at)]);
    else changed = Buffer.concat([changed.subarray(0, at), Buffer.alloc(length, random.of([0, 0x7f, 0x80, 0xff])), changed.subarray(at)]);
  }
  return changed;
}

function goldenBundles() {
  return readdirSync(GOLDEN).filter((name) => /^bundle-v.*\.json$/.test(name)).map((name) => {
    const json = readFileSync(`${GOLDEN}/${name}`);
    const file = Object.values(JSON.parse(json).parts ?? {}).find((part) => part.file)?.file;
    return { json, beside: file ? readFileSync(`${GOLDEN}/${file}`) : Buffer.alloc(0) };
  });
}

/** The JSON as text, or one part with a length and a hash that fit. */
function mutatedBundle({ json, beside }, random) {
  const bundle = JSON.parse(json);
  const part = random.below(4) ? random.of(Object.values(bundle.parts ?? {})) : undefined;
  if (!part) return { json: mutated(json, random), beside };
  let bytes;
  if (part.file) {
    beside = Buffer.from(beside);
    const place = beside.subarray(part.offset, part.offset + part.length);
    bytes = Buffer.alloc(part.length);
    mutated(place, random).copy(bytes);
    bytes.copy(place);
  } else {
    bytes = mutated(part.text === undefined ? Buffer.from(part.data, 'base64') : Buffer.from(part.text), random);
    const text = bytes.toString();
    if (part.text !== undefined && Buffer.from(text).equals(bytes)) part.text = text;
    else {
      delete part.text;
      part.data = bytes.toString('base64');
    }
  }
  part.length = bytes.length;
  part.sha256 = createHash('sha256').update(bytes).digest('hex');
  return { json: Buffer.from(JSON.stringify(bundle)), beside };
}

function goldenShards() {
  const manifest = readFileSync(`${GOLDEN}/shards/bundle.json`);
  const folder = `${GOLDEN}/shards/search-${JSON.parse(manifest).build}`;
  return { manifest, files: new Map(readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`)])) };
}

/** The manifest, or up to two shards with a length and a checksum that fit. */
function mutatedShards({ manifest, files }, random) {
  if (!random.below(10)) return { manifest: mutated(manifest, random), files };
  const changed = new Map(files);
  for (let shards = 1 + random.below(2); shards > 0; shards -= 1) {
    const name = random.of([...files.keys()]);
    const payload = mutated(files.get(name).subarray(HEAD), random);
    const head = Buffer.from(files.get(name).subarray(0, HEAD));
    head.writeUInt32LE(payload.length, 12);
    head.writeUInt32LE(crc32(payload), 16);
    changed.set(name, Buffer.concat([head, payload]));
  }
  return { manifest, files: changed };
}

/** ISO 3309, bit by bit; zlib's is not in the oldest Node that is supported. */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
