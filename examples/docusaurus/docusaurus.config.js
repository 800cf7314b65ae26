export default {
  title: 'Lantern',
  url: 'https://lantern.example.org',
  baseUrl: '/handbook/',
  onBrokenLinks: 'warn',
  future: { v4: true, faster: true },
  i18n: { defaultLocale: 'en', locales: ['en', 'de'] },

  // The search: in the place of the theme's own.
  themes: ['exemplar-search/docusaurus'],

  presets: [['classic', { docs: { sidebarPath: './sidebars.js' }, theme: { customCss: './src/css/custom.css' } }]],
  themeConfig: {
    navbar: {
      title: 'Lantern',
      items: [
        { type: 'docSidebar', sidebarId: 'tutorialSidebar', label: 'Docs' },
        { to: '/blog', label: 'Blog' },
        { type: 'localeDropdown', position: 'right' },
      ],
    },
  },
};
