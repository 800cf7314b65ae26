import { defineConfig } from 'astro/config';
import starlight from '@astrojs/starlight';
import exemplarSearch from 'exemplar-search/starlight';

export default defineConfig({
  site: 'https://lantern.example.org',
  base: '/handbook',
  integrations: [
    starlight({
      title: 'Lantern',
      plugins: [exemplarSearch()],
      locales: { root: { label: 'English', lang: 'en' }, de: { label: 'Deutsch', lang: 'de' } },
    }),
  ],
});
