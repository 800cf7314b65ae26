// Whether the page is dark. Pages that follow the reader's system say so by `color-scheme`, which the box inherits. Those with a switch
// of their own mark an element around the box, and not all say `color-scheme` too.

/** @typedef {'light' | 'dark' | 'light dark'} Scheme the last is what the reader's system has */

/** Attributes by which themes switch. Docusaurus, Starlight, Furo and pydata; Bootstrap; Material and Zensical; GitHub; Chirpy. */
const ATTRIBUTES = ['data-theme', 'data-bs-theme', 'data-md-color-scheme', 'data-color-mode', 'data-color-scheme', 'data-mode', 'theme'];

/** What such attributes and classes say: VitePress and Tailwind, mdBook (its last five), and variations. By the word, in lower case. */
const WORDS = {
  dark: ['dark', 'slate', 'night', 'black', 'dark-mode', 'dark-theme', 'theme-dark', 'coal', 'navy', 'ayu'],
  light: ['light', 'day', 'white', 'light-mode', 'light-theme', 'theme-light', 'rust'],
  'light dark': ['auto', 'system'],
};

/** Milliseconds within which a page's colours have changed. */
const FADE = 600;

/** @type {Map<string, Scheme>} */
const SCHEMES = new Map(Object.entries(WORDS).flatMap(([scheme, words]) => words.map((word) => [word, /** @type {Scheme} */ (scheme)])));

/** Keeps a box as light or dark as the page around it. */
export class PageColors {
  #host;
  #box;
  /** @type {AbortController | undefined} */
  #following;

  /**
   * @param {Element} host what the page has around itself
   * @param {HTMLElement} box what is to be light or dark
   */
  constructor(host, box) {
    this.#host = host;
    this.#box = box;
  }

  /**
   * From now on, by what is around the box now.
   * @param {string} [dark] a selector, which something around the box matches while the page is dark, and else it is light
   */
  follow(dark) {
    this.end();
    this.#following = new AbortController();
    const { signal } = this.#following;
    const around = elementsAround(this.#host);
    // Where nothing is found, what is inherited.
    const show = () => (this.#box.style.colorScheme = schemeOf(around, dark) ?? '');
    let fading = 0;
    const changed = () => {
      show();
      // Paper that fades from one colour to the other.
      clearTimeout(fading);
      fading = setTimeout(() => signal.aborted || show(), FADE);
    };
    const observer = new MutationObserver(changed);
    for (const element of around) observer.observe(element, { attributes: true });
    signal.addEventListener('abort', () => observer.disconnect());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed, { signal });
    show();
  }

  end() {
    this.#following?.abort();
  }
}

/**
 * @param {Element[]} around the box itself and what is around it, the nearest first
 * @param {string} [dark]
 * @returns {Scheme | undefined} undefined: what `color-scheme` says, which is inherited
 */
function schemeOf(around, dark) {
  if (dark) return around.some((element) => element.matches(dark)) ? 'dark' : 'light';
  for (const element of around) {
    const scheme = switchedTo(element);
    if (scheme) return scheme;
  }
  // A page that says neither is as dark as its paper.
  const [host] = around;
  return host && getComputedStyle(host).colorScheme === 'normal' ? paperOf(around) : undefined;
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
  // What it is by default in other themes nobody knows.
  if (element.matches('[data-md-color-scheme="default"]')) values.push('light');
  const classes = element.matches('html, body, .dark') ? element.classList : [];
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
