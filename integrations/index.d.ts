/** What the integrations for Astro, Starlight and Docusaurus have in common: each is what its generator's configuration takes. */
export default function exemplarSearch(...given: any[]): any;
