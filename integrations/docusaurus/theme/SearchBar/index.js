import { createElement } from 'react';
import { useAllPluginInstancesData, usePluginData } from '@docusaurus/useGlobalData';

/** The search box in the navigation bar. */
export default function SearchBar() {
  const docs = useAllPluginInstancesData('docusaurus-plugin-content-docs') ?? {};
  const versions = Object.values(docs).map(pathsOf).filter((paths) => paths.length > 1);
  return createElement('exemplar-search', { versions: versions.map((paths) => paths.join(' ')).join(',') || undefined, ...usePluginData('exemplar-search') });
}

/** Of the versions of some documents: what readers find who are on none of them comes first. */
function pathsOf({ versions }) {
  return [...versions].sort((a, b) => b.isLast - a.isLast).map(({ path }) => path);
}
