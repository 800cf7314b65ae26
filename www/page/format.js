/** Numbers as the reader's language writes them. */
export class Format {
  #score;
  #count;
  #language;

  /** @param {string} language */
  constructor(language) {
    this.#language = language;
    this.#score = new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
    this.#count = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  }

  /** @param {number} value */
  score(value) {
    return this.#score.format(value);
  }

  /** @param {number} value with as many digits as it needs */
  tick(value) {
    return new Intl.NumberFormat(this.#language, { maximumFractionDigits: 4 }).format(value);
  }

  /** @param {number} value */
  count(value) {
    return this.#count.format(value);
  }

  /** @param {number} value of C, from thousandths to thousands */
  cost(value) {
    return new Intl.NumberFormat(this.#language, { maximumSignificantDigits: 2 }).format(value);
  }

  /** @param {number} value of any size, as in 2.7 × 10⁻¹⁰ */
  power(value) {
    if (value === 0) return this.#count.format(0);
    const [digits, exponent] = value.toExponential(1).split('e');
    const raised = [...String(Number(exponent))].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]));
    return `${this.#count.format(Number(digits))}\u00a0×\u00a010${raised.join('')}`;
  }

  /** @param {number} share 0 to 1 */
  percent(share) {
    return new Intl.NumberFormat(this.#language, { style: 'percent' }).format(share);
  }

  /** @param {number} value */
  bytes(value) {
    return value < 1e6 ? this.#unit(value / 1e3, 'kilobyte', 0) : this.#unit(value / 1e6, 'megabyte', 1);
  }

  /** @param {number} value */
  milliseconds(value) {
    return this.#unit(value, 'millisecond', value < 10 ? 1 : 0);
  }

  /** @param {number} value milliseconds, to three digits */
  brief(value) {
    const options = /** @type {const} */ ({ style: 'unit', unit: 'millisecond', maximumSignificantDigits: value < 100 ? 2 : 3 });
    return new Intl.NumberFormat(this.#language, options).format(value);
  }

  /**
   * @param {number} value
   * @param {string} unit
   * @param {number} digits
   */
  #unit(value, unit, digits) {
    const options = { unit, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.#language, { style: 'unit', ...options }).format(value);
  }
}
