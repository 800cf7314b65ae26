// Importing this defines <exemplar-search>, once. On a server it does nothing.
import { ExemplarSearch } from './element.js';

if (globalThis.customElements && !customElements.get('exemplar-search')) customElements.define('exemplar-search', ExemplarSearch);

export { ExemplarSearch };
