import { safeLink } from '../client/exemplar-search.js';
import { briefNamed } from '../component/brief.js';
import { Camera } from './camera.js';
import { element } from './dom.js';
import { Drawing } from './map-drawing.js';
import { MapTable } from './map-table.js';
import { signs, svg } from './svg.js';

/**
 * @typedef {import('../client/types.js').PassageMap} PassageMap
 * @typedef {import('./map-drawing.js').Found} Found
 * @typedef {import('./map-plane.js').View} View
 * @typedef {{ article: import('../client/types.js').Article, passage: import('../client/types.js').Passage }} Named
 */

/** The map of all passages, as a picture and as a table. */
export default class MapPanel {
  /** @type {import('./panels.js').Shown | undefined} */
  #shown;
  /** @type {PassageMap | undefined} */
  #map;
  /** Passages' names, as far as they were asked for. @type {Map<number, Named>} */
  #names = new Map();
  /** @type {View} */
  #view = 'scores';
  /** Methods whose hits are not to be seen. @type {Set<string>} */
  #unseen = new Set();
  #strings;
  #format;
  #views = element('fieldset', { class: 'views' });
  #methods = element('ul', { role: 'list', class: 'methods' });
  #chart;
  #tip = element('p', { class: 'tip', hidden: '' });
  #legend = element('ul', { role: 'list', class: 'legend' });
  #note = element('p', { class: 'note' });
  #selected = element('p', { class: 'selected', role: 'status' });
  #camera;
  #drawing;
  #table;
  /** What the pointer or the focus is at. @type {number | undefined} */
  #pointed;

  /**
   * @param {HTMLElement} section
   * @param {import('./panel-strings.js').Strings} strings
   * @param {import('./format.js').Format} format
   */
  constructor(section, strings, format) {
    const { map: text } = strings;
    this.#strings = strings;
    this.#format = format;
    this.#chart = element('div', { 'class': 'chart', 'role': 'application', 'tabindex': '0', 'aria-label': text.label });
    this.#camera = new Camera(this.#chart, () => this.#drawing.draw());
    const active = element('span', { class: 'key active' });
    const passive = element('span', { class: 'key passive' });
    this.#drawing = new Drawing(this.#chart, this.#camera, { active, passive }, strings, format);
    this.#chart.append(this.#tip);
    this.#legend.append(
      element('li', {}, passive, text.passive),
      element('li', { class: 'asked' }, active, text.active),
      element('li', { class: 'asked site' }, diamond('query'), text.query),
      element('li', { class: 'asked' }, diamond('positive'), text.positive),
    );
    this.#views.append(element('legend', { class: 'unseen' }, text.view), this.#viewChoice('scores'), this.#viewChoice('site'));
    this.#table = new MapTable(strings, format, (passages) => this.#named(passages));
    section.append(
      element('div', { class: 'controls' },
        this.#views,
        this.#methods,
        element('div', { class: 'zoom' },
          this.#button('−', text.zoomOut, () => this.#camera.step(-1)),
          this.#button('+', text.zoomIn, () => this.#camera.step(1)),
          this.#button(text.all, undefined, () => this.#camera.reset()))),
      element('figure', {}, this.#chart, element('figcaption', {}, this.#legend, this.#note)),
      this.#selected,
      this.#table.element);
    this.#listen();
  }

  /**
   * @param {import('./panels.js').Mapped} shown
   * @param {AbortSignal} signal
   */
  async show(shown, signal) {
    const { site } = shown;
    const map = await shown.map();
    signal.throwIfAborted();
    const otherSite = this.#shown?.site !== site;
    if (otherSite) this.#names.clear();
    for (const { hits } of shown.found) {
      for (const { passageIndex, article, passage } of hits) this.#names.set(passageIndex, { article, passage });
    }
    this.#shown = shown;
    this.#map = map;
    this.#point(undefined);
    this.#selected.replaceChildren(element('span', {}, this.#strings.map.selectNote));
    this.#offerMethods();
    this.#views.disabled = !map.decisions;
    this.#legend.toggleAttribute('data-asked', Boolean(map.decisions));
    if (otherSite) this.#camera.reset();
    this.#draw();
    this.#table.show(map, this.#found([]));
  }

  #draw() {
    if (!this.#map) return;
    const view = this.#map.decisions ? this.#view : 'site';
    for (const radio of this.#views.querySelectorAll('input')) radio.checked = radio.value === view;
    const { active, x } = this.#map;
    const { map: text } = this.#strings;
    this.#note.textContent = [
      view === 'scores' ? text.scoresNote : text.siteNote(this.#format.count(this.#shown?.site.index.info.dimensions ?? 0)),
      active === undefined ? undefined : text.activeNote(this.#format.count(active), this.#format.count(x.length)),
    ].filter(Boolean).join(' ');
    this.#legend.dataset.view = view;
    this.#drawing.show(this.#map, this.#found([...this.#unseen]), view);
  }

  /**
   * The passages that are hits, best first.
   * @param {string[]} without methods
   * @returns {Found[]}
   */
  #found(without) {
    /** @type {Map<number, Found>} */
    const found = new Map();
    for (const { method, hits } of this.#shown?.found ?? []) {
      if (without.includes(method)) continue;
      for (const { passageIndex: passage, rank, article, passage: { anchor, heading } } of hits) {
        const known = found.get(passage) ?? {
          passage,
          title: article.title,
          section: heading?.at(-1) ?? article.title,
          lang: article.lang ?? this.#shown?.site.entry.lang,
          href: safeLink(article.url, anchor),
          ranks: [],
        };
        known.ranks.push({ method, rank, name: this.#strings.methods[method] ?? method });
        found.set(passage, known);
      }
    }
    return [...found.values()];
  }

  /** @param {number[]} passages */
  async #named(passages) {
    const index = this.#shown?.site.index;
    const unknown = passages.filter((passage) => !this.#names.has(passage));
    if (index && unknown.length) {
      const named = (await index.passages(unknown)).map(briefNamed);
      // A site may have been left meanwhile.
      if (index === this.#shown?.site.index) named.forEach((one, i) => this.#names.set(unknown[i] ?? 0, one));
    }
    return passages.flatMap((passage) => this.#names.get(passage) ?? []);
  }

  #offerMethods() {
    const choices = (this.#shown?.found ?? []).map(({ method }) => {
      const box = element('input', { type: 'checkbox' });
      box.checked = !this.#unseen.has(method);
      box.addEventListener('change', () => {
        if (box.checked) this.#unseen.delete(method);
        else this.#unseen.add(method);
        this.#draw();
      });
      return element('li', { 'data-method': method }, element('label', {}, box, signs([method], 26), this.#strings.methods[method] ?? method));
    });
    // While one types, the choice that has the focus keeps it.
    if (choices.length !== this.#methods.childElementCount) this.#methods.replaceChildren(...choices);
  }

  /** @param {View} view */
  #viewChoice(view) {
    const radio = element('input', { type: 'radio', name: 'map-view', value: view });
    radio.addEventListener('change', () => {
      this.#view = view;
      this.#camera.reset();
      this.#draw();
    });
    return element('label', {}, radio, this.#strings.map.views[view]);
  }

  /**
   * @param {string} sign
   * @param {string | undefined} label where the sign does not say it
   * @param {() => void} act
   */
  #button(sign, label, act) {
    const button = element('button', { 'type': 'button', 'aria-label': label }, sign);
    button.addEventListener('click', act);
    return button;
  }

  #listen() {
    const chart = this.#chart;
    chart.addEventListener('pointermove', (event) => {
      if (!this.#camera.moving) this.#point(this.#passageAt(event));
    });
    chart.addEventListener('pointerleave', () => this.#point(undefined));
    chart.addEventListener('click', (event) => {
      const passage = this.#passageAt(event);
      if (passage !== undefined && !(event.target instanceof Element && event.target.closest('a'))) this.#select(passage);
    });
    chart.addEventListener('focusin', ({ target }) => {
      const mark = target instanceof HTMLElement ? target.closest('.mark') : null;
      if (!(mark instanceof HTMLElement) || !mark.matches(':focus-visible')) return;
      const passage = Number(mark.dataset.passage);
      this.#camera.reveal(...this.#drawing.place(passage));
      this.#point(passage);
    });
    chart.addEventListener('focusout', () => this.#point(undefined));
  }

  /** @param {MouseEvent} event */
  #passageAt({ target, clientX, clientY }) {
    const mark = target instanceof Element ? target.closest('.mark') : null;
    if (mark instanceof HTMLElement) return Number(mark.dataset.passage);
    const { left, top } = this.#chart.getBoundingClientRect();
    return this.#drawing.at(clientX - left, clientY - top);
  }

  /**
   * Names a passage beside it.
   * @param {number | undefined} passage
   */
  async #point(passage) {
    if (this.#pointed === passage) return;
    this.#pointed = passage;
    if (passage === undefined) {
      this.#tip.hidden = true;
      return;
    }
    const [named] = await this.#named([passage]).catch(() => []);
    if (this.#pointed !== passage || !named) return;
    this.#tip.replaceChildren(...this.#description(passage, named, false));
    this.#tip.hidden = false;
    const [x, y] = this.#drawing.place(passage);
    const { zoom } = this.#camera;
    const [left, top] = [x * zoom + this.#camera.x, y * zoom + this.#camera.y];
    const { offsetWidth: wide, offsetHeight: high } = this.#tip;
    const room = this.#chart.clientWidth - wide - 8;
    const above = top - high - 20;
    this.#tip.style.translate = `${Math.max(8, Math.min(left - wide / 2, room))}px ${above > 0 ? above : top + 22}px`;
  }

  /**
   * Names a passage below the map, with its link: what a tap can do.
   * @param {number} passage
   */
  async #select(passage) {
    const [named] = await this.#named([passage]).catch(() => []);
    if (named) this.#selected.replaceChildren(...this.#description(passage, named, true));
  }

  /**
   * @param {number} passage
   * @param {Named} named
   * @param {boolean} linked
   */
  #description(passage, { article, passage: { heading, anchor } }, linked) {
    const { decisions, similarities } = this.#map ?? {};
    const lang = article.lang ?? this.#shown?.site.entry.lang;
    const href = linked ? safeLink(article.url, anchor) : undefined;
    const ranks = this.#found([]).find((found) => found.passage === passage)?.ranks ?? [];
    const figures = [
      similarities && this.#strings.map.similarity(this.#format.score(similarities[passage] ?? 0)),
      decisions && this.#strings.map.decision(this.#format.score(decisions[passage] ?? 0)),
      ...ranks.map(({ name, rank }) => this.#strings.map.rank(name, this.#format.count(rank))),
    ];
    return [
      element(href ? 'a' : 'b', { lang, href }, [article.title, ...(heading ?? [])].join(' › ')),
      element('span', {}, figures.filter(Boolean).join(' · ')),
    ];
  }
}

/** @param {'query' | 'positive'} kind */
function diamond(kind) {
  return svg('svg', { 'class': 'key', 'viewBox': '-10 -10 20 20', 'width': 16, 'height': 16, 'aria-hidden': 'true' },
    svg('path', { class: kind, d: 'M0 -8l8 8-8 8-8-8z' }));
}
