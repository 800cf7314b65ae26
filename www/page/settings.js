import { openaiEmbedder, queryRecipe } from '../client/exemplar-search.js';
import { byId } from './dom.js';

/**
 * @typedef {import('../client/types.js').EmbeddingSpace} EmbeddingSpace
 * @typedef {import('../client/types.js').Embedder} Embedder
 */

/** Where `exemplar serve` answers, relative to the page. */
const ENDPOINT = 'v1/embeddings';
/** Embeddings to remember, so that going back or changing k asks no API again. */
const REMEMBERED = 100;

/** The dialog that says where a query's embedding comes from. The key lives in its input and the embedder alone. */
export class Settings {
  #dialog = byId('settings', HTMLDialogElement);
  #problem = byId('settings-problem', HTMLElement);
  #endpoint = byId('endpoint', HTMLInputElement);
  #model = byId('model', HTMLInputElement);
  #inputType = byId('input-type', HTMLInputElement);
  #prefix = byId('prefix', HTMLInputElement);
  #apiKey = byId('api-key', HTMLInputElement);
  /** @type {EmbeddingSpace | undefined} */
  #space;
  /** What Cancel goes back to. @type {[HTMLInputElement, string][]} */
  #before = [];

  /** Made from the inputs as they were applied. @type {Embedder | undefined} */
  #embedder;
  /** What it has answered, by text, latest last. @type {Map<string, Float32Array>} */
  #known = new Map();

  /** @param {() => void} onApply */
  constructor(onApply) {
    this.#endpoint.value = ENDPOINT;
    byId('cancel-settings', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    byId('reset-settings', HTMLButtonElement).addEventListener('click', () => this.#fillRecipe());
    this.#dialog.addEventListener('submit', (event) => {
      try {
        this.#embedder = this.#made();
      } catch (error) {
        this.#problem.textContent = /** @type {Error} */ (error).message;
        this.#problem.hidden = false;
        return event.preventDefault();
      }
      this.#before = [];
      onApply();
    });
    this.#dialog.addEventListener('close', () => this.#forget());
  }

  open() {
    // The event `close` comes a task after closing: a dialog opened again at once would still hold what was not applied.
    this.#forget();
    const inputs = [this.#endpoint, this.#model, this.#inputType, this.#prefix, this.#apiKey];
    this.#before = inputs.map((input) => [input, input.value]);
    this.#problem.hidden = true;
    this.#dialog.showModal();
  }

  /**
   * Takes the recipe for queries from a bundle; the endpoint and the key stay.
   * @param {EmbeddingSpace} space
   */
  useSpace(space) {
    this.#space = space;
    this.#fillRecipe();
    this.#embedder = undefined;
    this.#known = new Map();
  }

  /**
   * Whether the embedder has the text's embedding already, so that it asks nothing.
   * @param {string} text
   */
  remembers(text) {
    return this.#known.has(text);
  }

  /** The embedder that the settings say; another one after every change. */
  get embedder() {
    return (this.#embedder ??= this.#made());
  }

  #forget() {
    for (const [input, value] of this.#before) input.value = value;
  }

  #fillRecipe() {
    if (!this.#space) return;
    const { model, inputType = '', prefix = '' } = queryRecipe(this.#space);
    this.#model.value = model;
    this.#inputType.value = inputType;
    this.#prefix.value = prefix;
  }

  #made() {
    const embedder = openaiEmbedder({
      ...(this.#space && queryRecipe(this.#space)),
      endpoint: this.#endpoint.value.trim(),
      model: this.#model.value.trim(),
      inputType: this.#inputType.value || undefined,
      prefix: this.#prefix.value,
      apiKey: this.#apiKey.value.trim() || undefined,
    });
    this.#known = new Map();
    return remembering(embedder, this.#known);
  }
}

/**
 * @param {Embedder} embed
 * @param {Map<string, Float32Array>} known
 * @returns {Embedder}
 */
function remembering(embed, known) {
  return async (text, options) => {
    const embedding = known.get(text) ?? (await embed(text, options));
    known.delete(text);
    known.set(text, embedding);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return embedding;
  };
}
