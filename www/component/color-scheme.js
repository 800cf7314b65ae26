// Whether the page is dark. Pages that follow the reader's system say so by `color-scheme`, which the box inherits. Those with a switch
// of their own mark an element around the box, and most do not say `color-scheme` too.

/** @typedef {'light' | 'dark' | 'light dark'} Scheme the last is what the reader's system has */

/** Attributes by which themes switch. Docusaurus, Starlight, Furo and pydata; Bootstrap; Material and Zensical; GitHub; Chirpy. */
const ATTRIBUTES = ['data-theme', 'data-bs-theme', 'data-md-color-scheme', 'data-color-mode', 'data-color-scheme', 'data-mode', 'theme'];

/** What such attributes and classes say: VitePress and Tailwind, mdBook (its last five), and variations. By the word, in lower case. */
const WORDS = {
  dark: ['dark', 'slate', 'night', 'black', 'dark-mode', 'dark-theme', 'theme-dark', 'coal', 'navy', 'ayu'],
  light: ['light', 'default', 'day', 'white', 'light-mode', 'light-theme', 'theme-light', 'rust'],
  'light dark': ['auto', 'system'],
};

/** Milliseconds within which a page's colours have changed. */
const FADE = 600;

/** @type {Map<string, Scheme>} */
const SCHEMES = new Map(Object.entries(WORDS).flatMap(([scheme, words]) => words.map((word) => [word, /** @type {Scheme} */ (scheme)])));

/**
 * The scheme that the page has around an element; undefined: what `color-scheme` says, which is inherited.
 *
 * @param {Element} host
 * @param {string} [dark] a selector, which something around the element matches while the page is dark, and else it is light
 * @returns {Scheme | undefined}
 */
export function colorSchemeOf(host, dark) {
  const around = elementsAround(host);
  if (dark) return around.some((element) => element.matches(dark)) ? 'dark' : 'light';
  for (const element of around) {
    const scheme = switchedTo(element);
    if (scheme) return scheme;
  }
  // A page that says neither is as dark as its paper.
  return getComputedStyle(host).colorScheme === 'normal' ? paperOf(around) : undefined;
}

/**
 * Calls back when what {@link colorSchemeOf} goes by may have changed.
 *
 * @param {Element} host
 * @param {() => void} onChange
 * @param {AbortSignal} signal
 */
export function watchColorScheme(host, onChange, signal) {
  const changed = () => {
    onChange();
    // Paper that fades from one colour to the other.
    setTimeout(() => signal.aborted || onChange(), FADE);
  };
  const observer = new MutationObserver(changed);
  for (const element of elementsAround(host)) observer.observe(element, { attributes: true });
  signal.addEventListener('abort', () => observer.disconnect());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed, { signal });
}

/**
 * The element itself and those around it, also beyond the shadow roots it is in; the nearest first.
 * @param {Element} host
 */
function elementsAround(host) {
  const around = [];
  /** @type {Node | null} */
  let place = host;
  for (; place; place = place instanceof ShadowRoot ? place.host : place.parentNode) {
    if (place instanceof Element) around.push(place);
  }
  return around;
}

/** @param {Element} element */
function switchedTo(element) {
  const values = ATTRIBUTES.map((name) => element.getAttribute(name)?.trim().toLowerCase() ?? '');
  // A class that is also something else, such as Sphinx's `default`, is only taken for what it says of the whole page.
  const classes = element.matches('html, body, .dark') ? [...element.classList].filter((name) => name !== 'default') : [];
  return [...values, ...classes].map((word) => SCHEMES.get(word)).find(Boolean);
}

/**
 * @param {Element[]} around
 * @returns {Scheme | undefined} undefined where nothing has a colour of its own
 */
function paperOf(around) {
  for (const element of around) {
    const lightness = lightnessOf(getComputedStyle(element).backgroundColor);
    if (lightness !== undefined) return lightness < 0.4 ? 'dark' : 'light';
  }
  return undefined;
}

/**
 * @param {string} color as computed
 * @returns {number | undefined} 0 to 1; undefined if it can be seen through, or is of another kind
 */
function lightnessOf(color) {
  const [, kind = '', values = ''] = /^(\w+)\((.*)\)$/.exec(color) ?? [];
  const [r = 0, g = 0, b = 0, alpha = 1] = values.replace(/^srgb /, '').match(/[\d.e-]+/g)?.map(Number) ?? [];
  if (!values || alpha < 0.5) return undefined;
  const perceived = (0.3 * r + 0.59 * g + 0.11 * b);
  return { rgb: perceived / 255, rgba: perceived / 255, color: perceived, oklch: r, oklab: r, lch: r / 100, lab: r / 100 }[kind];
}
