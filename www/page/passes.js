// How much a ranking with the SVM looks at.

/**
 * Looks at all vectors: the SVM's own and, for the hybrid, kNN's. Undefined for rankings without the SVM.
 * @param {{ method: string, svm?: { passes: number } }} result
 */
export function passesOf({ method, svm }) {
  return svm && svm.passes + (method === 'hybrid' ? 1 : 0);
}
