import { byId } from './dom.js';

export const DEFAULT_C = 0.1;
/** The slider's ends and steps, in powers of ten: what lies beyond ranks as the ends do. */
const [LEAST, MOST, STEP] = [-3, 3, 0.1];
/** Between two rankings while the slider moves, in milliseconds: browsers refuse addresses that change too often. */
const PAUSE = 120;
/** Where columns stand below each other, as in columns.css. */
const NARROW = '(max-width: 52rem)';

/**
 * The value of C that the slider has nearest to this one; the default where it is none of the slider's range.
 * @param {number} C
 */
export function nearestC(C) {
  const power = Math.log10(C);
  return power >= LEAST && power <= MOST ? costAt(Math.round(power / STEP) * STEP) : DEFAULT_C;
}

/** @param {number} power of ten; two digits of it are kept */
function costAt(power) {
  return Number((10 ** power).toPrecision(2));
}

/** The slider for the SVM's C. */
export class CSlider {
  #place = byId('cost', HTMLElement);
  #slider = byId('C', HTMLInputElement);
  #value = byId('C-value', HTMLElement);
  #effect = byId('C-effect', HTMLElement);
  #default = byId('C-default', HTMLButtonElement);
  #strings;
  #format;
  #onMove;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pause;
  /** Whether the slider has moved since it last told of it. */
  #moved = false;

  /**
   * @param {import('./strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   * @param {HTMLElement} heading the SVM column's, where the slider is on narrow screens: above the hits that it moves
   * @param {(C: number) => void} onMove called as the slider moves, but not for every step of it
   */
  constructor(strings, format, heading, onMove) {
    this.#strings = strings;
    this.#format = format;
    this.#onMove = onMove;
    const wide = this.#place.parentElement;
    const narrow = matchMedia(NARROW);
    const settle = () => (narrow.matches ? heading : wide)?.append(this.#place);
    narrow.addEventListener('change', settle);
    settle();
    Object.assign(this.#slider, { min: String(LEAST), max: String(MOST), step: String(STEP) });
    this.#effect.textContent = strings.costNote;
    this.#default.textContent = strings.defaultCost(format.cost(DEFAULT_C));
    this.#slider.addEventListener('input', () => this.#move());
    this.#slider.addEventListener('change', () => this.#tell());
    this.#default.addEventListener('click', () => {
      this.value = DEFAULT_C;
      this.#moved = true;
      this.#tell();
      // The button is gone where there is nothing to go back from.
      this.#slider.focus();
    });
  }

  /** @param {boolean} hidden */
  set hidden(hidden) {
    this.#place.hidden = hidden;
  }

  /** @param {number} C one of the slider's */
  set value(C) {
    this.#slider.value = String(Math.log10(C));
    this.#say();
  }

  /**
   * Says what C did.
   * @param {number | undefined} moved how many of the SVM's hits stand elsewhere than by the default C; undefined where this
   *   is it, or where nobody knows
   * @param {number} of how many hits
   */
  showEffect(moved, of) {
    const count = (/** @type {number} */ n) => this.#format.count(n);
    const { costNote, costEffect } = this.#strings;
    const text = moved === undefined ? costNote : costEffect(count(moved), count(of), this.#format.cost(DEFAULT_C));
    // It is announced, but not again and again.
    if (this.#effect.textContent !== text) this.#effect.textContent = text;
  }

  #move() {
    this.#moved = true;
    this.#say();
    if (this.#pause === undefined) this.#tell();
  }

  #tell() {
    if (!this.#moved) return;
    this.#moved = false;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#tell();
    }, PAUSE);
    this.#onMove(this.#C);
  }

  get #C() {
    return costAt(this.#slider.valueAsNumber);
  }

  #say() {
    const text = this.#format.cost(this.#C);
    this.#value.textContent = text;
    this.#slider.setAttribute('aria-valuetext', text);
    this.#default.hidden = this.#C === DEFAULT_C;
  }
}
