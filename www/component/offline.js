import { coreFiles } from '../client/core-files.js';
import { scriptUrl } from '../client/script-url.js';

/** Milliseconds that a search waits at most for the service worker of a first visit. */
const PATIENCE = 3000;

/**
 * Registers the service worker, and has it keep what the page fetched before it was there. Resolves when it is in charge, so
 * that the rest passes through it, or when that takes too long. Never rejects: a search without it is as good today.
 *
 * @param {string} url its address, absolute
 * @param {string} bundle what is searched, absolute
 */
export async function keepOffline(url, bundle) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const inCharge = new Promise((resolve) => {
    if (serviceWorker.controller) resolve(undefined);
    serviceWorker.addEventListener('controllerchange', resolve, { once: true });
    setTimeout(resolve, PATIENCE);
  });
  try {
    await serviceWorker.register(scriptUrl(url));
  } catch (error) {
    console.warn('exemplar-search: no search without a network:', error);
    return;
  }
  await inCharge;
  const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
  serviceWorker.controller?.postMessage({ keep: [location.href.replace(/[?#].*$/, ''), ...fetched], places: { folders: [folder()], bundles: [bundle] } });
}

/** Where client and box are. A bundler puts them, with the core, into one folder. */
function folder() {
  const asShipped = coreFiles.whole.includes('/client/pkg-whole/');
  return new URL(asShipped ? '../..' : '.', coreFiles.whole).href;
}
