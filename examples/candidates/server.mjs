// Candidates from rows in memory: what a backend offers so that exemplar-search ranks over its rows. In the place of the loop over all
// rows, ask your own engine.
//
//     exemplar export bundle.json --to jsonl -o rows.jsonl
//     node server.mjs rows.jsonl 8090 https://your-site.example

import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const [file, port, origin] = process.argv.slice(2);
const rows = [];
for await (const line of createInterface({ input: createReadStream(file) })) rows.push(JSON.parse(line));

/** Float16, little-endian, in base64: numbers from -1 to 1. */
function float16(vectors) {
  const bytes = Buffer.alloc(2 * vectors.flat().length);
  vectors.flat().forEach((x, i) => {
    // The nearest multiple of the step that float16 has at this size; carrying into the exponent is right by itself.
    const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(x) || 1e-9)));
    const steps = Math.round(Math.abs(x) * 2 ** (10 - exponent));
    bytes.writeUInt16LE((x < 0 ? 0x8000 : 0) + steps + (exponent + 14) * 1024, 2 * i);
  });
  return bytes.toString('base64');
}

/** Whether an article has one of the values of each field. */
function allows(filter, { fields }) {
  return Object.entries(filter).every(([field, wanted]) => !wanted.length || [fields[field]].flat().some((value) => wanted.includes(value)));
}

function candidates({ vector, k, text, filter = {} }) {
  if (!(k >= 1 && k <= 1000)) throw Object.assign(new Error(`k is ${k}, expected 1 to 1000`), { code: 'request' });
  const allowed = rows.filter(({ article }) => allows(filter, article));
  const best = (score) => allowed.map((row) => [score(row), row]).filter(([value]) => value !== undefined).sort(([a], [b]) => b - a).slice(0, k);
  const found = new Map();
  if (vector) {
    const bytes = Buffer.from(vector, 'base64');
    const query = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
    if (query.length !== rows[0].vector.length) throw Object.assign(new Error(`the vector has ${query.length} values, expected ${rows[0].vector.length}`), { code: 'dimensions' });
    for (const [score, row] of best(({ vector }) => vector.reduce((sum, x, i) => sum + x * query[i], 0))) found.set(row, { score });
  }
  const words = (text ?? '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const count = ({ article, passage }) => words.filter((word) => `${article.title} ${passage.text}`.toLowerCase().includes(word)).length || undefined;
  if (words.length) for (const [, row] of best(count)) found.set(row, found.get(row) ?? {});
  return {
    rows: [...found].map(([row, scores]) => ({ id: row.id, article: row.article, passage: row.passage, ...scores, words: count(row) })),
    vectors: float16([...found.keys()].map(({ vector }) => vector)),
  };
}

createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': origin ?? 'null', 'access-control-allow-headers': 'content-type' });
    response.end(body && JSON.stringify(body));
  };
  if (request.method === 'OPTIONS') return answer(204);
  try {
    let body = '';
    for await (const chunk of request) if ((body += chunk).length > 1e6) throw Object.assign(new Error('more than 1 MB'), { code: 'request-size' });
    answer(200, candidates(JSON.parse(body)));
  } catch (error) {
    answer(400, { error: { code: error.code ?? 'request', message: error.message } });
  }
}).listen(Number(port), '127.0.0.1', () => console.log(`${rows.length} rows at http://127.0.0.1:${port}/v1/candidates`));
