// The generators that are tried, and what each needs. Of each: its name, version, and what brings the search (`by`); `build()` makes
// the site and resolves to the folder of its pages; `address(lang, name)` is that of a page below the site's root. Where it matters:
// `bundles`: each language has its own; `ofStarter`: what the starter brings of pages; `lists`: pages that its theme makes lists of
// others; `oneLanguage`: every page says that it is in English; `words` that it adds to a text; `anchors: false`: headings have no ids; `phone`: what brings the box on a
// phone; `dark`: its switch; `develop`: its development server; `follow`: a link of its navigation; `versions`: what is asked `from` a page, the
// page that it `finds` first, and addresses that it `never` finds; `console`: what the theme itself
// says there.

import { astro } from './astro.mjs';
import { docusaurus } from './docusaurus.mjs';
import { eleventy } from './eleventy.mjs';
import { hugo } from './hugo.mjs';
import { jekyll } from './jekyll.mjs';
import { mdbook } from './mdbook.mjs';
import { mkdocs } from './mkdocs.mjs';
import { mkdocsReadthedocs } from './mkdocs-readthedocs.mjs';
import { plain } from './plain.mjs';
import { sphinx } from './sphinx.mjs';
import { starlight } from './starlight.mjs';
import { vitepress } from './vitepress.mjs';
import { zensical } from './zensical.mjs';

export const GENERATORS = {
  docusaurus, vitepress, starlight, astro, mkdocs, 'mkdocs-readthedocs': mkdocsReadthedocs, zensical, sphinx, mdbook, hugo, eleventy, jekyll, plain,
};
