#!/usr/bin/env python3
"""one-bit.py COLLECTIONS: what 1 bit a value finds of the ten nearest, alone and as candidates to score again.

COLLECTIONS is a folder of retrieval test sets, each with emb_corpus.npy and emb_queries.npy, as for `./build.sh bench bundle`.
Needs numpy. The bits are the signs of what is left without the mean, which are those of the int8-centred codes.
"""

import sys
from pathlib import Path

import numpy as np

HITS = 10
CANDIDATES = (10, 50, 100, 200)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def first(scores, count):
    return np.argsort(-scores, axis=1, kind="stable")[:, :count]


print(f"{'':<28}{'rows':>6}  " + "".join(f"{f'bits, {n}':>11}" for n in CANDIDATES) + "".join(f"{f'rows, {n}':>11}" for n in CANDIDATES))
for file in sorted(Path(sys.argv[1]).glob("*/emb_corpus*.npy")):
    rows = unit(np.load(file).astype("f8"))
    queries = unit(np.load(file.with_name(file.name.replace("corpus", "queries"))).astype("f8"))
    mean = rows.mean(axis=0)
    bits = np.where(rows >= mean, 1.0, -1.0)
    nearest = first(queries @ rows.T, HITS)
    found = []
    # The query as bits too, by Hamming distance; and as it is.
    for query in (np.where(queries >= mean, 1.0, -1.0), queries - mean):
        candidates = first(query @ bits.T, max(CANDIDATES))
        for count in CANDIDATES:
            shared = [len(set(a) & set(b)) for a, b in zip(nearest, candidates[:, :count])]
            found.append(100 * np.mean(shared) / HITS)
    name = file.parent.name + file.stem.removeprefix("emb_corpus")
    print(f"{name:<28}{len(rows):>6}  " + "".join(f"{share:>10.1f}%" for share in found))
