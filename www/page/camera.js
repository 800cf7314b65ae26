/** Magnification: 1 shows all. */
const LIMITS = { least: 1, most: 40 };
const STEP = 1.4;
const PAN = 60;
/** Pixels that a pointer may move in a click. */
const STEADY = 4;

/**
 * Which part of a drawing is seen: panned by dragging and arrow keys, zoomed by wheel, pinch, + and -; 0 shows all.
 * The wheel zooms where Ctrl is held or the drawing has the focus; else it scrolls the page.
 */
export class Camera {
  zoom = 1;
  x = 0;
  y = 0;
  /** Where pointers are down. @type {Map<number, { x: number, y: number }>} */
  #pointers = new Map();
  #dragged = false;
  #frame;
  #onChange;

  /**
   * @param {HTMLElement} frame what the drawing is in
   * @param {() => void} onChange
   */
  constructor(frame, onChange) {
    this.#frame = frame;
    this.#onChange = onChange;
    frame.addEventListener('keydown', (event) => this.#key(event));
    frame.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    frame.addEventListener('pointerdown', (event) => this.#down(event));
    frame.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel']) {
      frame.addEventListener(end, (event) => this.#pointers.delete(/** @type {PointerEvent} */ (event).pointerId));
    }
    // What ends a drag is no click on what lies there.
    frame.addEventListener('click', (event) => {
      if (!this.#dragged) return;
      event.preventDefault();
      event.stopPropagation();
    }, { capture: true });
    frame.addEventListener('dragstart', (event) => event.preventDefault());
  }

  /** Whether a pointer is moving the drawing. */
  get moving() {
    return this.#dragged && this.#pointers.size > 0;
  }

  reset() {
    [this.zoom, this.x, this.y] = [1, 0, 0];
    this.#changed();
  }

  /** @param {1 | -1} direction in or out, around the middle */
  step(direction) {
    const { width, height } = this.#frame.getBoundingClientRect();
    this.#zoomAt(width / 2, height / 2, STEP ** direction);
  }

  /**
   * Moves a place of the drawing into sight, with some room around it.
   * @param {number} x
   * @param {number} y
   */
  reveal(x, y) {
    const { width, height } = this.#frame.getBoundingClientRect();
    const shift = (/** @type {number} */ at, /** @type {number} */ size) => Math.min(Math.max(at, 30), size - 30) - at;
    this.#pan(shift(x * this.zoom + this.x, width), shift(y * this.zoom + this.y, height));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      'ArrowLeft': () => this.#pan(PAN, 0),
      'ArrowRight': () => this.#pan(-PAN, 0),
      'ArrowUp': () => this.#pan(0, PAN),
      'ArrowDown': () => this.#pan(0, -PAN),
      '+': () => this.step(1),
      '=': () => this.step(1),
      '-': () => this.step(-1),
      '0': () => this.reset(),
    };
    // On a link in the drawing, arrows are for going to the next.
    if (event.key.startsWith('Arrow') && event.target !== this.#frame) return;
    if (!Object.hasOwn(keys, event.key)) return;
    keys[event.key]?.();
    event.preventDefault();
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const wanted = event.ctrlKey || event.metaKey || this.#frame.contains(document.activeElement);
    // At its end, the wheel goes on with the page.
    if (!wanted || (this.zoom === LIMITS.least && event.deltaY > 0 && !event.ctrlKey)) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    const pinch = event.ctrlKey ? 5 : 1;
    const [x, y] = this.#within(event);
    this.#zoomAt(x, y, Math.exp(-event.deltaY * lines * pinch * 0.002));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    if (!this.#pointers.size) this.#dragged = false;
    const [x, y] = this.#within(event);
    this.#pointers.set(event.pointerId, { x, y });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const last = this.#pointers.get(event.pointerId);
    if (!last) return;
    const [x, y] = this.#within(event);
    if (!this.#dragged && Math.hypot(x - last.x, y - last.y) < STEADY) return;
    if (!this.#dragged) {
      this.#dragged = true;
      this.#frame.setPointerCapture(event.pointerId);
    }
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const now = Math.hypot(x - other.x, y - other.y);
      this.#zoomAt((x + other.x) / 2, (y + other.y) / 2, before > 0 ? now / before : 1);
      this.#pan((x - last.x) / 2, (y - last.y) / 2);
    } else {
      this.#pan(x - last.x, y - last.y);
    }
    this.#pointers.set(event.pointerId, { x, y });
  }

  /**
   * @param {MouseEvent} event
   * @returns {[x: number, y: number]}
   */
  #within({ clientX, clientY }) {
    const { left, top } = this.#frame.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  /**
   * @param {number} x what stays where it is
   * @param {number} y
   * @param {number} factor
   */
  #zoomAt(x, y, factor) {
    const zoom = Math.min(Math.max(this.zoom * factor, LIMITS.least), LIMITS.most);
    const change = zoom / this.zoom;
    this.zoom = zoom;
    this.x = x - (x - this.x) * change;
    this.y = y - (y - this.y) * change;
    this.#changed();
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #pan(x, y) {
    this.x += x;
    this.y += y;
    this.#changed();
  }

  /** Keeps the drawing in the frame. */
  #changed() {
    const { width, height } = this.#frame.getBoundingClientRect();
    const room = (/** @type {number} */ at, /** @type {number} */ size) => Math.min(0, Math.max(at, size * (1 - this.zoom)));
    this.x = room(this.x, width);
    this.y = room(this.y, height);
    // At rest a finger that moves up or down scrolls the page; there is nothing to pan.
    this.#frame.style.touchAction = this.zoom > 1 ? 'none' : 'pan-y';
    this.#onChange();
  }
}
