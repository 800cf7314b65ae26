"""scikit-learn's LinearSVC on the benchmark's data: how long a query takes, and what it answers.

    python3 crates/bench/linear_svc.py ROWS DIMS FILE

Prints one JSON object: milliseconds of each fit by the dual and by the primal at scikit-learn's own tolerance; and for the
first query the scores at tolerance 1e-8, those with the liked and disliked rows of crates/bench/src/lib.rs, and the whitened cosines.
"""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.svm import LinearSVC

QUERIES = 3
LIKED, DISLIKED, LESS_WEIGHT = [0, 1, 2], [3, 4], 10

rows, dims = int(sys.argv[1]), int(sys.argv[2])
data = np.fromfile(sys.argv[3], dtype="<f4").reshape(-1, dims)
passages, queries = data[:rows], data[rows:]
warnings.filterwarnings("ignore", message=".*failed to converge")


def fit(positives, negatives, weights, **options):
    """Decision values of all passages without the intercept, and milliseconds with the scores' share."""
    examples = np.vstack([positives, negatives]).astype(np.float64)
    labels = np.r_[np.ones(len(positives)), np.zeros(len(negatives))]
    # "balanced" by numbers of examples; scikit-learn's own would count their weights.
    balanced = {1: len(examples) / (2 * len(positives)), 0: len(examples) / (2 * len(negatives))}
    start = time.perf_counter()
    svm = LinearSVC(class_weight=balanced, C=0.1, max_iter=100_000, random_state=0, **options)
    svm.fit(examples, labels, sample_weight=weights)
    scores = svm.decision_function(passages.astype(np.float64)) - svm.intercept_[0]
    return scores, (time.perf_counter() - start) * 1000


def whitened(query, shrinkage=10):
    """The whitened cosine of each passage."""
    centred = passages.astype(np.float64)
    mean = centred.mean(axis=0)
    centred -= mean
    covariance = centred.T @ centred / rows
    covariance += shrinkage * np.trace(covariance) / dims * np.eye(dims)
    query = query.astype(np.float64) - mean
    direction = np.linalg.solve(covariance, query)
    squares = np.einsum("ij,ji->i", centred, np.linalg.solve(covariance, centred.T))
    return centred @ direction / np.sqrt(squares * (query @ direction))


ones = np.ones(rows + 1)
dual = [fit([query], passages, ones, dual=True)[1] for query in queries[:QUERIES]]
primal = [fit([query], passages, ones, dual=False)[1] for query in queries[:QUERIES]]
exact = fit([queries[0]], passages, ones, dual=False, tol=1e-8)[0]
weights = np.ones(4 + rows - len(LIKED))
weights[4 + np.arange(len(DISLIKED))] = LESS_WEIGHT
positives = np.vstack([queries[0], passages[LIKED]])
refined = fit(positives, np.delete(passages, LIKED, axis=0), weights, dual=False, tol=1e-8)[0]
print(json.dumps({
    "dual": dual,
    "primal": primal,
    "svm": exact.tolist(),
    "svm refine": refined.tolist(),
    "whitened": whitened(queries[0]).tolist(),
}))
