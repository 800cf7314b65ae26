// An embedding API whose vectors are made up: a direction for each word, and for a text the sum of its words'. For what does
// not depend on what vectors mean: times and bytes.

const DIMENSIONS = 384;

/** @type {Map<string, Float64Array>} */
const directions = new Map();
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;

/** @param {string} text */
function embed(text) {
  const sum = new Float64Array(DIMENSIONS).fill(1e-3);
  for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
    if (!directions.has(word)) directions.set(word, Float64Array.from({ length: DIMENSIONS }, () => random() + random() + random() - 1.5));
    directions.get(word).forEach((value, i) => (sum[i] += value));
  }
  const length = Math.hypot(...sum);
  return Array.from(sum, (value) => Number((value / length).toFixed(5)));
}

/** What an OpenAI-compatible API answers to the body of a request. @param {Buffer} body */
export function embeddings(body) {
  const { input, model } = JSON.parse(body);
  const data = [input].flat().map((text, index) => ({ object: 'embedding', index, embedding: embed(text) }));
  return { object: 'list', model, data };
}
