/** @import { Article } from '../client/types.js' */

/**
 * What the reader wants more and less of, after an article was named: it changes sides, or is an example no more.
 *
 * @param {{ more: Article[], less: Article[] }} before
 * @param {Article} article
 * @param {'more' | 'less'} direction
 */
export function toggleExample(before, article, direction) {
  const others = (/** @type {Article[]} */ list) => list.filter(({ id }) => id !== article.id);
  const examples = { more: others(before.more), less: others(before.less) };
  const taken = before[direction].some(({ id }) => id === article.id);
  if (!taken) examples[direction].push(article);
  return examples;
}
