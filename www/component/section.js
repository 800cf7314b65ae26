// A short page is one passage, of several sections. A reader wants the one that has the words.

import { briefPassage } from './brief.js';

/**
 * @import { Hit } from '../client/types.js'
 */

/**
 * A hit whose passage has the headings and the anchor of the section with the first word found.
 * @param {Hit} hit
 * @returns {Hit}
 */
export function atSection(hit) {
  const { passage, text = '', highlights } = hit;
  const first = highlights?.text[0]?.[0];
  if (first === undefined || !Array.isArray(passage.sections)) return hit;
  const line = text.slice(0, first).split('\n').length - 1;
  const section = passage.sections.filter((section) => section?.line <= line).at(-1);
  if (!section) return hit;
  // The index hands them on as the bundle has them.
  const anchor = typeof section.anchor === 'string' ? section.anchor : undefined;
  const heading = Array.isArray(section.heading) ? section.heading.map(String) : [];
  return { ...hit, passage: briefPassage({ ...passage, anchor, heading }) };
}
