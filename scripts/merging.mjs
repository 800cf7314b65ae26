// node scripts/merging.mjs COLLECTIONS [EXEMPLAR]: what it costs to merge the hits of several bundles, next to one bundle of all documents:
// nDCG@10, as the table of docs/decisions/merging.md. COLLECTIONS holds test sets in BEIR's shape, each with the vectors that numpy saved:
// emb_corpus.npy and emb_queries.npy by one model, emb_corpus_minilm.npy and emb_queries_minilm.npy by another. Sets named site-* are
// derived from links: a query's id is that of its own document, which is left out. EXEMPLAR is the command, target/debug/exemplar by
// default; the wasm package must be there.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { merge } from '../www/client/merging.js';
import { initSync, Loader } from '../www/client/pkg/exemplar_search.js';

const [collections, exemplar = 'target/debug/exemplar'] = process.argv.slice(2);
/** Queries of each row, at most; and hits that each bundle is asked for. */
const QUERIES = 120;
const ASKED = 30;

const folder = mkdtempSync(join(tmpdir(), 'merging-'));
initSync({ module: readFileSync(new URL('../www/client/pkg/exemplar_search_bg.wasm', import.meta.url)) });

/** Documents `{ id, title, text, v }` and queries `{ text, own, grades, v }`, where `v` is the vector by a model. */
function set(name, model = '') {
  const lines = (file) => readFileSync(join(collections, name, file), 'utf8').split('\n').filter(Boolean);
  const read = (of) => {
    const vectors = matrix(join(collections, name, `emb_${of}${model}.npy`));
    return lines(`${of}.jsonl`).map((line, i) => ({ ...JSON.parse(line), v: vectors[i] }));
  };
  const grades = grouped(lines('qrels.tsv').map((line) => line.split('\t')), ([query]) => query);
  return {
    documents: read('corpus').map((document) => ({ ...document, id: `${name}/${document.id}` })),
    queries: read('queries').map(({ id, text, v }) => ({
      text, v, own: name.startsWith('site-') ? `${name}/${id}` : undefined,
      grades: new Map(grades.get(String(id))?.map(([, document, grade]) => [`${name}/${document}`, Number(grade)])),
    })),
  };
}

function grouped(list, keyOf) {
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...groups.get(keyOf(one)) ?? [], one]);
  return groups;
}

/** The rows of a float32 matrix that numpy saved. */
function matrix(path) {
  const file = readFileSync(path);
  const end = 10 + file.readUInt16LE(8);
  const [, count, width] = /\((\d+), (\d+)\)/.exec(file.toString('latin1', 10, end)).map(Number);
  const values = new Float32Array(file.buffer.slice(file.byteOffset + end, file.byteOffset + end + 4 * count * width));
  return Array.from({ length: count }, (_, i) => values.subarray(i * width, (i + 1) * width));
}

function save(path, rows) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0].length}), }`.padEnd(117);
  const start = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length + 1, 0)}${header}\n`, 'latin1');
  writeFileSync(path, Buffer.concat([start, ...rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))]));
}

function indexOf(documents) {
  const [items, vectors, bundle] = ['items.jsonl', 'vectors.npy', 'bundle.json'].map((name) => join(folder, name));
  writeFileSync(items, documents.map(({ id, title, text }) => JSON.stringify({ id, url: id, title: title || id, text: text.slice(0, 800) || '-' })).join('\n'));
  save(vectors, documents.map(({ v }) => v));
  execFileSync(exemplar, ['build', '--items', items, '--embeddings', vectors, '--model', 'any', '--layout', 'inline', '-o', bundle], { stdio: 'ignore' });
  return new Loader(readFileSync(bundle)).finish(true);
}

function ask(index, { text, own, v }) {
  const { hits, method } = index.search(text, false, v, { k: ASKED });
  return { method, hits: hits.filter(({ article }) => article.id !== own), passages: index.info().passages };
}

function ndcg(hits, grades) {
  const sum = (gains) => gains.slice(0, 10).reduce((total, gain, place) => total + gain / Math.log2(place + 2), 0);
  return sum(hits.map(({ article }) => grades.get(article.id) ?? 0)) / sum([...grades.values()].sort((a, b) => b - a));
}

/** What makes one ranking of several: each in turn, by the scores as they are, and as the client does. */
const rules = [
  (rankings) => rankings.flatMap(({ hits }) => hits.map((hit, place) => ({ ...hit, place }))).sort((a, b) => a.place - b.place),
  (rankings) => rankings.flatMap(({ hits }) => hits).sort((a, b) => b.score - a.score),
  merge,
];

/** A row of the table. `parts` are the bundles' documents, `others` those of the joined bundle where they have other vectors. */
function row(name, parts, queries, others = parts) {
  const there = new Set(parts.flat().map(({ id }) => id));
  const answered = queries.map((query) => ({ ...query, grades: new Map([...query.grades].filter(([id, grade]) => grade > 0 && there.has(id))) }))
    .filter(({ grades }) => grades.size);
  const asked = answered.filter((_, i) => i % Math.ceil(answered.length / QUERIES) === 0);
  const joined = indexOf(others.flat());
  const indexes = parts.map(indexOf);
  const values = asked.map((query) => {
    const rankings = indexes.map((index, i) => ask(index, { ...query, v: query.by?.[i] ?? query.v }));
    return [ask(joined, query).hits, ...rules.map((rule) => rule(rankings, query.text))].map((hits) => ndcg(hits, query.grades));
  });
  for (const index of [joined, ...indexes]) index.free();
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const means = rules.concat(1).map((_, i) => mean(values.map((value) => value[i])));
  const lost = values.map((value) => value.at(-1) - value[0]);
  const interval = 1.96 * Math.sqrt(mean(lost.map((one) => (one - mean(lost)) ** 2)) / lost.length);
  console.log(`| ${[name, parts.map(({ length }) => length).join(' + '), asked.length, ...means.map((value) => value.toFixed(3)), `${mean(lost).toFixed(3)} ± ${interval.toFixed(3)}`].join(' | ')} |`);
  return means;
}

/** In two parts, at random but the same in each run. */
function atRandom(documents, share = 0.5) {
  let state = 7;
  const chosen = new Set(documents.filter(() => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 < share));
  return [documents.filter((document) => !chosen.has(document)), [...chosen]];
}

/** In two parts, by the first principal component of their vectors. */
function byTopic(documents) {
  const mean = documents[0].v.map((_, i) => documents.reduce((sum, { v }) => sum + v[i], 0) / documents.length);
  const place = (axis, { v }) => v.reduce((sum, value, i) => sum + (value - mean[i]) * axis[i], 0);
  let axis = mean.map((_, i) => Math.sin(i));
  for (let step = 0; step < 30; step++) {
    const next = new Float64Array(axis.length);
    for (const document of documents) {
      const along = place(axis, document);
      document.v.forEach((value, i) => (next[i] += along * (value - mean[i])));
    }
    axis = next.map((value) => value / Math.hypot(...next));
  }
  const parts = grouped(documents, (document) => place(axis, document) > 0);
  return [parts.get(true), parts.get(false)];
}

/** Of two sets, as many queries of each as the smaller has. */
function together(a, b) {
  const count = Math.min(a.queries.length, b.queries.length);
  const some = ({ queries }) => queries.filter((_, i) => i % Math.floor(queries.length / count) === 0);
  return [...some(a), ...some(b)];
}

const [cisi, cranfield, squad, astro, astroJa, rust] = ['cisi', 'cranfield', 'jsquad-valid-ja', 'site-astro-docs-en', 'site-astro-docs-ja', 'site-rust-blog-en'].map((name) => set(name));
console.log('| bundles | documents | queries | one bundle | in turns | by score | merged | lost |\n|---|---|---|---|---|---|---|---|');
const means = [];
for (const [name, a, b] of [['CISI, Cranfield', cisi, cranfield], ['Astro, Rust\'s blog', astro, rust], ['Rust\'s blog, CISI', rust, cisi], ['JSQuAD, Astro in Japanese', squad, astroJa]]) {
  means.push(row(name, [a.documents, b.documents], together(a, b)));
}
for (const [name, { documents, queries }] of [['CISI', cisi], ['Cranfield', cranfield], ['Rust\'s blog', rust]]) {
  means.push(row(`${name}, halves at random`, atRandom(documents), queries));
  means.push(row(`${name}, by topic`, byTopic(documents), queries));
}
means.push(row('Cranfield, a few apart', atRandom(cranfield.documents, 0.05), cranfield.queries));
means.push(row('Rust\'s blog, a few of Astro', [rust.documents, atRandom(astro.documents, 0.1)[1]], together(rust, astro)));
const [rustMini, cisiMini] = [set('site-rust-blog-en', '_minilm'), set('cisi', '_minilm')];
const both = [...rust.queries.map((query, i) => ({ ...query, by: [rustMini.queries[i].v] })), ...cisi.queries.map((query, i) => ({ ...query, by: [cisiMini.queries[i].v] }))];
means.push(row('Rust\'s blog by another model, CISI', [rustMini.documents, cisi.documents], both, [rust.documents, cisi.documents]));
const average = means[0].map((_, i) => means.reduce((sum, row) => sum + row[i], 0) / means.length);
console.log(`| mean | | | ${average.map((value) => value.toFixed(3)).join(' | ')} | ${(average.at(-1) - average[0]).toFixed(3)} |`);
rmSync(folder, { recursive: true });
