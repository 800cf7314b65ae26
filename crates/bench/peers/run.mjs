// node crates/bench/peers/run.mjs COLLECTIONS: the same pages and queries in this project's search and in those that an owner could
// take instead: nDCG@10, and the share of queries that find nothing, for whole questions and for three words of each. `exemplar eval`
// measures all of them. EXEMPLAR_BIN names the command, EXEMPLAR_MODEL_DIR the model. A set's own vectors of its pages are taken where it
// has them (emb_corpus.npy, of that model). What is in target/peers is not measured again.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ENGINES } from './engines.mjs';
import { wordsOf } from './words.mjs';

const OUTPUT = 'target/peers';
/** The most queries of a set, taken evenly: some engines take a tenth of a second for one. */
const MOST = 500;
/** Titles of pages, whose links say what is relevant: judged by nobody, and the query's own page does not count. */
const isOfLinks = (name) => name.startsWith('site-');
/** Texts that the query encoder is fitted on, as in the other tables of docs/quality.md. */
const QUERY_TEXTS = '1500';
/** Texts that no set answers: what is close is measured only beside such. */
const FOREIGN = 'scripts/general-queries.txt';

/** The three words that fewest pages have, in the query's order, of those that any page has: what people type who know a keyword search. */
function threeWords(query, lang, frequency) {
  const words = [...new Set(wordsOf(query, lang))].filter((word) => frequency.has(word));
  const rarest = [...words].sort((a, b) => frequency.get(a) - frequency.get(b)).slice(0, 3);
  return words.filter((word) => rarest.includes(word)).join(' ') || query;
}

/** In how many pages each word is. @returns {Map<string, number>} */
function frequencies(pages, lang) {
  const frequency = new Map();
  for (const { title, text } of pages) {
    for (const word of new Set(wordsOf(`${title} ${text}`, lang))) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  }
  return frequency;
}

const lines = async (file) => (await readFile(file, 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line));

/** Files with what each engine finds, by the engine's name. */
async function rankings(folder, queries, pages, lang) {
  const files = {};
  for (const [engine, rank] of Object.entries(ENGINES)) {
    files[engine] = join(folder, `${engine.replace(/\W+/g, '-')}.run`);
    if (existsSync(files[engine])) continue;
    const found = await rank(pages, queries.map(({ text }) => text), lang, folder);
    const rows = found.flatMap((hits, place) => hits.map((id, rank) => `${queries[place].id} Q0 ${id} ${rank + 1} ${1 / (rank + 1)} run`));
    await writeFile(files[engine], rows.join('\n'));
  }
  return files;
}

/** What `exemplar eval` says of one collection with these queries. */
async function measured({ collection, name, form, queries, pages, lang }) {
  const folder = join(OUTPUT, name, form.toLowerCase().replace(' ', '-'));
  const kept = join(folder, 'report.json');
  if (existsSync(kept)) return JSON.parse(await readFile(kept, 'utf8'));
  await mkdir(folder, { recursive: true });
  for (const file of ['corpus.jsonl', 'qrels.tsv']) {
    await rm(join(folder, file), { force: true });
    await symlink(resolve(collection, file), join(folder, file));
  }
  await writeFile(join(folder, 'queries.jsonl'), queries.map((query) => JSON.stringify(query)).join('\n'));
  const found = await rankings(folder, queries, pages, lang);
  const vectors = join(collection, 'emb_corpus.npy');
  const { stdout } = await promisify(execFile)(process.env.EXEMPLAR_BIN, ['eval', '--collection', folder,
    '--model-dir', process.env.EXEMPLAR_MODEL_DIR, '--query-texts', QUERY_TEXTS, '--method', 'auto', '--method', 'lexical',
    '--foreign', FOREIGN, '--json',
    ...(existsSync(vectors) ? ['--embeddings', vectors] : []),
    ...Object.entries(found).flatMap(([engine, file]) => ['--rankings', `${engine}=${file}`]),
    ...(isOfLinks(name) ? ['--leave-out-own'] : [])], { maxBuffer: 1e9 });
  await writeFile(kept, stdout);
  return JSON.parse(stdout);
}

const WHOLE = 'Whole questions';
const SHORT = 'Three words';
const OURS = { 'this project': 'encoder auto', 'this project, words alone': ' lexical' };
const ROWS = { ...OURS, ...Object.fromEntries(Object.keys(ENGINES).map((engine) => [engine, ` ${engine}`])) };

const rowOf = (report, key) => report.rows.find(({ embedder, method }) => `${embedder} ${method}` === key);
const ndcg = (report, key) => rowOf(report, key).mean['ndcg@10'].mean.toFixed(3);

/** `eval` ranks all there is, however far. What readers get has no hits where nothing is close. */
function nothing(report, key) {
  const share = key === OURS['this project']
    ? report.closeness.find(({ embedder, of }) => embedder === 'encoder' && of === 'own').nothing
    : 1 - rowOf(report, key).mean.found.mean;
  return `${(100 * share).toFixed(0)}%`;
}

function table(title, reports, cell) {
  const names = Object.keys(Object.values(reports)[0]);
  const heads = names.map((name) => name.replace('site-', '') + (isOfLinks(name) ? ' (links)' : ''));
  const rows = Object.entries(reports).flatMap(([form, of]) => Object.entries(ROWS).map(([name, key]) =>
    `| ${form.toLowerCase()} | ${name} | ${names.map((set) => cell(of[set], key)).join(' | ')} |`));
  return `\n### ${title}\n\n| queries | engine | ${heads.join(' | ')} |\n|---|---|${'---|'.repeat(names.length)}\n${rows.join('\n')}`;
}

const [collections] = process.argv.slice(2);
if (!collections) throw new Error('expected a folder of test sets in BEIR\'s form');
const reports = { [WHOLE]: {}, [SHORT]: {} };
for (const name of (await readdir(collections)).sort()) {
  const collection = join(collections, name);
  if (!existsSync(join(collection, 'corpus.jsonl'))) continue;
  const lang = name.endsWith('-ja') ? 'ja' : 'en';
  const [pages, all] = [await lines(join(collection, 'corpus.jsonl')), await lines(join(collection, 'queries.jsonl'))];
  const step = Math.ceil(all.length / MOST);
  const queries = all.filter((_, place) => place % step === 0);
  const frequency = frequencies(pages, lang);
  const short = queries.map(({ id, text }) => ({ id, text: threeWords(text, lang, frequency) }));
  for (const [form, asked] of Object.entries({ [WHOLE]: queries, [SHORT]: short })) {
    reports[form][name] = await measured({ collection, name, form, queries: asked, pages, lang });
    console.error(`${name}, ${form.toLowerCase()}: measured`);
  }
}
console.log(table('nDCG@10', reports, ndcg));
console.log(table('Queries without a hit', reports, nothing));
