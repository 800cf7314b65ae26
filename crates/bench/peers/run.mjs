// node crates/bench/peers/run.mjs COLLECTIONS: the same pages and queries in this project's search and in those that an owner could
// take instead: nDCG@10, and the share of queries that find anything, for whole questions and for three words of each. `exemplar eval`
// measures all of them. EXEMPLAR_BIN names the command, EXEMPLAR_MODEL_DIR the model.

import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENGINES } from './engines.mjs';

const OUTPUT = 'target/peers';
const OURS = { 'this project': 'encoder auto', 'this project, words alone': ' lexical' };

/** The three words that fewest pages have, in the query's order: what people type who know a keyword search. */
function threeWords(query, lang, frequency) {
  const words = [...new Set(wordsOf(query, lang))];
  const rarest = [...words].sort((a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0)).slice(0, 3);
  return words.filter((word) => rarest.includes(word)).join(' ');
}

function wordsOf(text, lang) {
  const segments = new Intl.Segmenter(lang, { granularity: 'word' }).segment(text.toLowerCase());
  return [...segments].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
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

/** What `exemplar eval` says of one collection with these queries. */
async function measured(collection, name, form, queries, pages, lang) {
  const folder = join(OUTPUT, name, form);
  const kept = join(folder, 'report.json');
  if (await stat(kept).catch(() => undefined)) return JSON.parse(await readFile(kept, 'utf8'));
  await mkdir(folder, { recursive: true });
  for (const file of ['corpus.jsonl', 'qrels.tsv']) await cp(join(collection, file), join(folder, file));
  await writeFile(join(folder, 'queries.jsonl'), queries.map((query) => JSON.stringify(query)).join('\n'));
  const rankings = [];
  for (const [engine, rank] of Object.entries(ENGINES)) {
    const found = await rank(pages, queries.map(({ text }) => text), lang, folder);
    const rows = found.flatMap((hits, place) => hits.map((id, rank) => `${queries[place].id} Q0 ${id} ${rank + 1} ${1 / (rank + 1)} ${engine}`));
    await writeFile(join(folder, `${engine}.run`), rows.join('\n'));
    rankings.push('--rankings', `${engine}=${join(folder, `${engine}.run`)}`);
  }
  const own = name.startsWith('site-') ? ['--leave-out-own'] : [];
  const { stdout } = await promisify(execFile)(process.env.EXEMPLAR_BIN, ['eval', '--collection', folder, '--model-dir',
    process.env.EXEMPLAR_MODEL_DIR, '--method', 'lexical', '--method', 'auto', ...rankings, ...own, '--json'], { maxBuffer: 1e9 });
  await writeFile(kept, stdout);
  return JSON.parse(stdout);
}

function table(title, reports, cell) {
  const columns = Object.keys(reports);
  const rows = { ...OURS, ...Object.fromEntries(Object.keys(ENGINES).map((engine) => [engine, ` ${engine}`])) };
  const cellOf = (report, key) => cell(report.rows.find(({ embedder, method }) => `${embedder} ${method}` === key));
  const row = ([name, key]) => `| ${[name, ...columns.map((column) => cellOf(reports[column], key))].join(' | ')} |`;
  return `\n### ${title}\n\n| | ${columns.join(' | ')} |\n|---|${'---|'.repeat(columns.length)}\n${Object.entries(rows).map(row).join('\n')}`;
}

const [collections] = process.argv.slice(2);
if (!collections) throw new Error('expected a folder of test sets in BEIR\'s form');
const reports = { 'Whole questions': {}, 'Three words': {} };
for (const name of (await readdir(collections)).sort()) {
  const collection = join(collections, name);
  if (!(await stat(join(collection, 'corpus.jsonl')).catch(() => undefined))) continue;
  const lang = name.endsWith('-ja') ? 'ja' : 'en';
  const [pages, queries] = [await lines(join(collection, 'corpus.jsonl')), await lines(join(collection, 'queries.jsonl'))];
  const frequency = frequencies(pages, lang);
  const short = queries.map(({ id, text }) => ({ id, text: threeWords(text, lang, frequency) }));
  for (const [form, asked] of Object.entries({ 'Whole questions': queries, 'Three words': short })) {
    reports[form][name] = await measured(collection, name, form.toLowerCase().replace(' ', '-'), asked, pages, lang);
    console.error(`${name}, ${form.toLowerCase()}: measured`);
  }
}
for (const [form, of] of Object.entries(reports)) {
  console.log(table(`${form}: nDCG@10`, of, (row) => row.mean['ndcg@10'].mean.toFixed(3)));
  console.log(table(`${form}: queries with any hit`, of, (row) => `${(100 * row.mean.found.mean).toFixed(0)}%`));
}
