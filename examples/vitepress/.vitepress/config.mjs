import { defineConfig } from 'vitepress';
import { withSearch } from 'exemplar-search/vitepress';

const pages = ['installation', 'backups', 'accounts', 'certificates', 'scanning', 'sharing', 'upgrades', 'performance', 'notifications'];
const sidebar = (folder) => pages.map((page) => ({ text: page, link: `${folder}${page}` }));

export default withSearch(defineConfig({
  title: 'Lantern',
  base: '/handbook/',
  themeConfig: { nav: [{ text: 'Installation', link: '/installation' }] },
  locales: {
    root: { label: 'English', lang: 'en', themeConfig: { sidebar: sidebar('/') } },
    de: { label: 'Deutsch', lang: 'de', themeConfig: { sidebar: sidebar('/de/') } },
  },
}));
