// A bundle's titles may have a million letters and its articles a hundred thousand tags. A line on a screen does not.

import { whole } from './snippet.js';

/**
 * @import { Article, Hit, NamedPassage, Passage } from '../client/types.js'
 */

/** UTF-16 code units at most of what is shown on a line: a title, a heading, a tag. */
const LINE = 300;
/** And of an excerpt. */
const EXCERPT = 2000;
/** How many tags of an article, and headings above a passage, are shown. */
const TAGS = 20;
const HEADINGS = 10;

/**
 * A hit with no more than is shown of it.
 * @param {Hit} hit
 * @returns {Hit}
 */
export function briefHit(hit) {
  const others = hit.others?.map((other) => ({ ...other, passage: briefPassage(other.passage) }));
  return { ...hit, article: briefArticle(hit.article), passage: briefPassage(hit.passage), ...(others && { others }) };
}

/**
 * @param {NamedPassage} named
 * @returns {NamedPassage}
 */
export function briefNamed(named) {
  return { ...named, article: briefArticle(named.article), passage: briefPassage(named.passage) };
}

/**
 * @param {Article} article
 * @returns {Article}
 */
export function briefArticle(article) {
  const { title, excerpt, tags } = article;
  return {
    ...article,
    title: cut(title, LINE),
    ...(excerpt !== undefined && { excerpt: cut(excerpt, EXCERPT) }),
    ...(tags && { tags: tags.slice(0, TAGS).map((tag) => cut(tag, LINE)) }),
  };
}

/**
 * @param {Passage} passage
 * @returns {Passage}
 */
export function briefPassage(passage) {
  const { heading } = passage;
  return heading ? { ...passage, heading: heading.slice(-HEADINGS).map((one) => cut(one, LINE)) } : passage;
}

/**
 * @param {string} text
 * @param {number} most
 */
function cut(text, most) {
  if (text.length <= most) return text;
  return `${text.slice(0, whole(text, most))}…`;
}
