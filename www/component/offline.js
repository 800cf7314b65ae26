import { coreFiles } from '../client/core-files.js';
import { scriptUrl } from '../client/script-url.js';

/** Milliseconds that a search waits at most for the service worker of a first visit. */
const PATIENCE = 3000;

/**
 * Registers the service worker, and has it keep what the page fetched before it was there. Resolves when it is in charge, so
 * that the rest passes through it, or when that takes too long. Never rejects: a search without it is as good today.
 *
 * @param {string} url its address, absolute
 * @param {string} bundle what is searched: absolute addresses, with spaces between them
 */
export async function keepOffline(url, bundle) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const inCharge = serviceWorker.controller ? undefined : takesCharge(serviceWorker);
  try {
    await serviceWorker.register(scriptUrl(url));
  } catch (error) {
    console.warn('exemplar-search: no search without a network:', error);
    return;
  }
  await inCharge;
  const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
  serviceWorker.controller?.postMessage({ keep: [location.href.replace(/[?#].*$/, ''), ...fetched], places: { folders: [folder()], bundles: bundle.split(' ') } });
}

/**
 * Resolves when a service worker takes charge, or that takes too long. Leaves no listener behind: boxes come and go on one page.
 *
 * @param {ServiceWorkerContainer} serviceWorker
 */
function takesCharge(serviceWorker) {
  return new Promise((resolve) => {
    const done = () => {
      serviceWorker.removeEventListener('controllerchange', done);
      resolve(undefined);
    };
    serviceWorker.addEventListener('controllerchange', done);
    setTimeout(done, PATIENCE);
  });
}

/** Where client and box are. A bundler puts them, with the core, into one folder. */
function folder() {
  const asShipped = coreFiles.whole.includes('/client/pkg-whole/');
  return new URL(asShipped ? '../..' : '.', coreFiles.whole).href;
}
