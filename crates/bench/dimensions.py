"""Collections for dimensions.mjs, and what is right for them.

    python3 crates/bench/dimensions.py make ROWS DIMS FOLDER      vectors.npy, items.jsonl and query.json
    python3 crates/bench/dimensions.py oracle BUNDLE QUERY        whitened cosine of each passage, as JSON

Rows have a common part and variances that fall as those of text embeddings do: of multilingual-e5-small the largest is 45 times
the mean, the 32nd twice. The oracle reads the vectors that the bundle stores, and works in float64, by the definition.
"""

import base64
import json
import sys

import numpy as np

WORDS = "tide moon harbour sail anchor reef buoy chart compass current".split()


def make(rows, dims, folder):
    random = np.random.default_rng(rows * 100_003 + dims)
    deviations = 1 / np.sqrt(1 + 0.5 * np.arange(dims))
    deviations *= 0.45 / np.linalg.norm(deviations)
    common = random.standard_normal(dims)
    common *= 0.9 / np.linalg.norm(common)

    def draw(count):
        values = common + random.standard_normal((count, dims)) * deviations
        return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype("<f4")

    np.save(f"{folder}/vectors.npy", np.vstack([draw(min(10_000, rows - at)) for at in range(0, rows, 10_000)]))
    with open(f"{folder}/items.jsonl", "w") as file:
        for i in range(rows):
            text = " ".join(random.choice(WORDS, 8))
            file.write(json.dumps({"id": str(i), "title": f"Passage {i}", "url": f"{i}.html", "text": text}) + "\n")
    with open(f"{folder}/query.json", "w") as file:
        json.dump(draw(1)[0].tolist(), file)


def stored(bundle):
    part = bundle["parts"]["vectors"]
    assert part["encoding"] == "int8-centred", part["encoding"]
    dims, data = bundle["space"]["dimensions"], base64.b64decode(part["data"])
    rows = (len(data) - 4 * dims) // (dims + 4)
    codes = np.frombuffer(data, "i1", rows * dims).reshape(rows, dims).astype(np.float64)
    floats = np.frombuffer(data, "<f4", offset=rows * dims).astype(np.float64)
    values = codes * floats[:rows, None] + floats[rows:]
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def oracle(bundle, query, shrinkage=10):
    rows = stored(bundle)
    mean = rows.mean(axis=0)
    rows -= mean
    query = query / np.linalg.norm(query) - mean
    n, dims = rows.shape
    ridge = shrinkage * np.square(rows).sum() / (n * dims)
    if n < dims:
        # Coordinates in an orthonormal basis of all there is: P leaves what is at right angles to it to itself.
        coordinates = np.linalg.qr(np.vstack([rows, query]).T, mode="r").T
        rows, query = coordinates[:-1], coordinates[-1]
    covariance = rows.T @ rows / n + ridge * np.eye(rows.shape[1])
    lower = np.linalg.cholesky(covariance)
    direction = np.linalg.solve(covariance, query)
    squares = np.concatenate([np.square(np.linalg.solve(lower, rows[at:at + 5000].T)).sum(axis=0) for at in range(0, n, 5000)])
    return rows @ direction / np.sqrt(squares * (query @ direction))


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
else:
    with open(sys.argv[2]) as bundle, open(sys.argv[3]) as query:
        print(json.dumps(oracle(json.load(bundle), np.array(json.load(query))).round(8).tolist()))
