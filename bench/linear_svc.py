"""scikit-learn's LinearSVC on the benchmark's data: how long a query takes, and what it answers.

    python3 bench/linear_svc.py ROWS DIMS FILE

Prints one JSON object: milliseconds of each fit by the dual and by the primal at scikit-learn's own tolerance, and the
scores of the first query at tolerance 1e-8.
"""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.svm import LinearSVC

QUERIES = 3

rows, dims = int(sys.argv[1]), int(sys.argv[2])
data = np.fromfile(sys.argv[3], dtype="<f4").reshape(-1, dims)
passages, queries = data[:rows], data[rows:]
warnings.filterwarnings("ignore", message=".*failed to converge")


def fit(query, **options):
    """Decision values without the intercept, and milliseconds with the scores' share."""
    examples = np.vstack([query, passages]).astype(np.float64)
    labels = np.r_[1, np.zeros(rows)]
    start = time.perf_counter()
    svm = LinearSVC(class_weight="balanced", C=0.1, max_iter=100_000, random_state=0, **options)
    scores = svm.fit(examples, labels).decision_function(examples[1:]) - svm.intercept_[0]
    return scores, (time.perf_counter() - start) * 1000


dual = [fit(query, dual=True)[1] for query in queries[:QUERIES]]
primal = [fit(query, dual=False)[1] for query in queries[:QUERIES]]
exact = fit(queries[0], dual=False, tol=1e-8)[0]
print(json.dumps({"dual": dual, "primal": primal, "scores": exact.tolist()}))
