/**
 * Which cell of the grid is chosen while the focus stays in the input: WAI-ARIA's combobox with a grid. Up and down go from
 * row to row, along the rows the other keys of a cell.
 */
export class Selection {
  #input;
  #grid;
  /** @type {HTMLElement | undefined} */
  #cell;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} grid
   */
  constructor(input, grid) {
    this.#input = input;
    this.#grid = grid;
  }

  /** The chosen cell, if any. */
  get cell() {
    return this.#cell?.isConnected ? this.#cell : undefined;
  }

  /** @param {HTMLElement | undefined} cell */
  choose(cell) {
    this.#cell?.removeAttribute('aria-selected');
    this.#cell = cell;
    cell?.setAttribute('aria-selected', 'true');
    cell?.scrollIntoView({ block: 'nearest' });
    if (cell) this.#input.setAttribute('aria-activedescendant', cell.id);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  /**
   * One row on or back; beyond the ends lies the input. From the input, down leads to the first hit, past what stands
   * above it.
   * @param {1 | -1} step
   */
  moveRow(step) {
    const rows = [...this.#grid.querySelectorAll('[role="row"]')];
    const { cell } = this;
    let next;
    if (cell) next = rows.findIndex((row) => row.contains(cell)) + step;
    else if (step < 0) next = rows.length - 1;
    else next = Math.max(0, rows.findIndex((row) => row.closest('.hit')));
    this.choose(cellsOf(rows[next])[0]);
  }

  /**
   * One cell along the row; before its first lies the input.
   * @param {1 | -1} step
   */
  moveCell(step) {
    const cells = cellsOf(this.cell?.closest('[role="row"]') ?? undefined);
    const next = cells.findIndex((cell) => cell === this.cell) + step;
    if (next < cells.length) this.choose(cells[next]);
  }
}

/**
 * @param {Element | undefined} row
 * @returns {HTMLElement[]}
 */
function cellsOf(row) {
  return row ? [...row.querySelectorAll(':scope > [role="gridcell"]')].filter((cell) => cell instanceof HTMLElement) : [];
}
