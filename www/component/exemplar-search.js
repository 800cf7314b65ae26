// Importing this defines <exemplar-search>, once.
import { ExemplarSearch } from './element.js';

if (!customElements.get('exemplar-search')) customElements.define('exemplar-search', ExemplarSearch);

export { ExemplarSearch };
