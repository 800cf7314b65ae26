"""Writes svm.json: scikit-learn's LinearSVC decision values for the exemplar SVM, for tests/svm_golden.rs.

Run with scikit-learn 1.5 or later: python tests/golden/generate_svm.py

Both of LinearSVC's solvers, the dual and the primal, run at a tight tolerance; a case on which they differ stops
the script. The vectors come from integers alone, so tests/support/synthetic.rs makes the same bits from the same
seed and only the scores are kept.
"""

import json
import pathlib

import numpy as np
from sklearn.svm import LinearSVC

SHAPES = [(100, 16), (450, 1536), (2000, 384)]
COSTS = [0.01, 0.1, 1.0, 10.0]
AGREEMENT = 1e-5


def mix(state):
    """SplitMix64's output function on an array of states."""
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bell(seed, start, count):
    """The draws start..start+count: integers in a bell curve around zero, the sum of three uniforms of 11 bits."""
    index = np.arange(start + 1, start + count + 1, dtype=np.uint64)
    z = mix(np.uint64(seed) + index * np.uint64(0x9E3779B97F4A7C15))
    fields = [(z >> np.uint64(shift)) & np.uint64(0x7FF) for shift in (0, 11, 22)]
    return sum(field.astype(np.int64) for field in fields) - 3 * 1024


def clustered(rows, dims, seed):
    """Unit rows in clusters of about twenty around one common direction, float32."""
    clusters = -(-rows // 20)
    common = bell(seed, 0, dims)
    centres = bell(seed, dims, clusters * dims).reshape(clusters, dims)
    noise = bell(seed, dims * (1 + clusters), rows * dims).reshape(rows, dims)
    values = 16 * common + 6 * centres[np.arange(rows) % clusters] + 7 * noise
    squares = (values * values).sum(axis=1)
    return (values / np.sqrt(squares.astype(np.float64))[:, None]).astype(np.float32)


def decision_values(rows, query, c):
    x = np.vstack([query[None], rows]).astype(np.float64)
    y = np.array([1] + [0] * len(rows))
    solved = []
    for dual in (True, False):
        svm = LinearSVC(C=c, class_weight="balanced", dual=dual, tol=1e-9, max_iter=10_000_000, random_state=0)
        solved.append(rows.astype(np.float64) @ svm.fit(x, y).coef_[0])
    worst = np.abs(solved[0] - solved[1]).max()
    print(f"{len(rows)} x {rows.shape[1]}, C = {c}: dual and primal differ by at most {worst:.1e}", flush=True)
    assert worst < AGREEMENT, "the two solvers disagree"
    return solved[0]


def main():
    cases = []
    for rows, dims in SHAPES:
        # The last row is the query: one more member of a cluster.
        vectors = clustered(rows + 1, dims, seed=rows)
        for c in COSTS:
            scores = decision_values(vectors[:-1], vectors[-1], c)
            cases.append({"rows": rows, "dims": dims, "seed": rows, "c": c, "scores": scores.round(7).tolist()})
    path = pathlib.Path(__file__).with_name("svm.json")
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
