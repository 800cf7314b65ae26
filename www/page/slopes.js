const SVG = 'http://www.w3.org/2000/svg';
/** How far a line stays from the columns that it joins, in pixels: as far as a lit hit reaches out of its own. */
const MARGIN = 12;

/**
 * The lines between neighbouring columns, from each article's rank in the one to its rank in the other; and the light on one
 * article. The lines are for the eye alone, and only where columns stand side by side: each hit says in words how it moved.
 */
export class Slopes {
  #container;
  #svg = document.createElementNS(SVG, 'svg');
  /** The article that is lit. @type {string | undefined} */
  #lit;
  /** How many animations move hits. */
  #moving = 0;

  /** @param {HTMLElement} container of the columns */
  constructor(container) {
    this.#container = container;
    this.#svg.setAttribute('class', 'slopes');
    this.#svg.setAttribute('aria-hidden', 'true');
    container.append(this.#svg);
    new ResizeObserver(() => this.draw()).observe(container);
    document.fonts?.addEventListener('loadingdone', () => this.draw());

    for (const event of ['pointerover', 'focusin']) {
      container.addEventListener(event, ({ target }) => this.#light(articleOf(target)));
    }
    container.addEventListener('pointerleave', () => this.#light(articleOf(document.activeElement)));
    container.addEventListener('focusout', () => this.#light(undefined));
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.#light(undefined);
    });
  }

  /** Draws the lines where the hits are now. */
  draw() {
    const { left, top, width, height } = this.#container.getBoundingClientRect();
    const columns = [...this.#container.querySelectorAll('.column:not([hidden])')].map((column) => ({
      box: column.getBoundingClientRect(),
      heights: heightsIn(column, top),
    }));
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const lines = columns.slice(1).flatMap((right, i) => {
      const before = columns[i];
      if (!before || before.box.right >= right.box.left) return [];
      const [from, to] = [before.box.right - left + MARGIN, right.box.left - left - MARGIN];
      return [...before.heights].flatMap(([article, start]) => {
        const end = right.heights.get(article);
        return end === undefined ? [] : [line(article, `M${from} ${start}C${(from + to) / 2} ${start} ${(from + to) / 2} ${end} ${to} ${end}`)];
      });
    });
    this.#svg.replaceChildren(...lines);
    this.#light(this.#lit);
  }

  /**
   * Draws the lines now, and as long as hits are on their way.
   * @param {Animation[]} animations
   */
  async follow(animations) {
    this.draw();
    if (!animations.length) return;
    if (this.#moving++ === 0) this.#drawWhileMoving();
    await Promise.allSettled(animations.map(({ finished }) => finished));
    this.#moving--;
  }

  #drawWhileMoving() {
    requestAnimationFrame(() => {
      this.draw();
      if (this.#moving > 0) this.#drawWhileMoving();
    });
  }

  /** @param {string | undefined} article its id, or none */
  #light(article) {
    this.#lit = article;
    const all = [...this.#container.querySelectorAll('.hit'), ...this.#svg.children];
    for (const one of all) one.classList.toggle('lit', article !== undefined && one.getAttribute('data-article') === article);
    this.#svg.classList.toggle('dimmed', article !== undefined);
    // Above the others, as it is drawn last.
    this.#svg.append(...this.#svg.querySelectorAll('.lit'));
  }
}

/** @param {EventTarget | null} target */
function articleOf(target) {
  const hit = target instanceof Element ? target.closest('.hit') : null;
  return hit?.getAttribute('data-article') ?? undefined;
}

/**
 * How far below `top` the middle of each hit's rank is, by article.
 * @param {Element} column
 * @param {number} top
 * @returns {Map<string | null, number>}
 */
function heightsIn(column, top) {
  return new Map([...column.querySelectorAll('.hit')].map((hit) => {
    const rank = (hit.querySelector('.rank') ?? hit).getBoundingClientRect();
    return [hit.getAttribute('data-article'), rank.top + Math.min(rank.height, 22) / 2 - top];
  }));
}

/**
 * @param {string | null} article
 * @param {string} d
 */
function line(article, d) {
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  path.setAttribute('data-article', article ?? '');
  return path;
}
