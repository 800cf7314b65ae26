import { createElement } from 'react';
import { usePluginData } from '@docusaurus/useGlobalData';

/** The search box in the navigation bar. */
export default function SearchBar() {
  return createElement('exemplar-search', usePluginData('exemplar-search'));
}
