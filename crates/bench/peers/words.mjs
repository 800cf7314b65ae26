// What a word of a text is, where no engine says so.

/** By language. @type {Map<string, Intl.Segmenter>} */
const segmenters = new Map();

/** The words of a text as Unicode's rules and the platform's dictionaries divide it, in lower case. */
export function wordsOf(text, lang) {
  if (!segmenters.has(lang)) segmenters.set(lang, new Intl.Segmenter(lang, { granularity: 'word' }));
  // In pieces, at which words end anyway: each segment comes with a copy of all that was divided.
  const pieces = text.toLowerCase().split(/[\s。、]+/u);
  return pieces.flatMap((piece) => [...segmenters.get(lang).segment(piece)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment));
}
