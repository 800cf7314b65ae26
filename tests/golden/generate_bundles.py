"""Writes the golden bundles of version 2, from docs/bundle-format.md alone and not with the project's own code.

    python3 tests/golden/generate_bundles.py        (needs numpy)

bundle-v2-all-parts.json, its sidecar and its form with texts as text are not from here: `exemplar build` and `convert` wrote
them, keywords and encoder and all.

A bundle that has once been released is never written anew: it must load for ever. A new version gets files of its own.
"""

import base64
import hashlib
import json
import math
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent

ARTICLES = json.loads((HERE / "bundle-v1-arrays.json").read_text("utf-8"))["articles"]
VECTORS = np.array([[0.25, -1.5, 3.0], [1e-7, 2.0, 0.1], [-0.5, 0.5, 1.0]], dtype="<f4")
SPACE = {
    "model": "multilingual-e5-small",
    "dimensions": 3,
    "normalized": False,
    "query": {"input_type": "query"},
    "passage": {"prefix": "passage: ", "model": "e5-passage"},
    "probes": [{"text": "tides", "vector": [0.5, 0.25, -1.0]}],
    "revision": "2024-01",
}
PASSAGES = [
    {"article": 0},
    {"article": 1, "anchor": "spring", "heading": ["Spring tides"]},
    {"article": 1, "anchor": "小潮", "heading": ["Spring tides", "Neap tides"], "level": 2},
]
TEXTS = ["Why the sea rises twice a day.", "月と太陽が並ぶと大潮になる。", "小潮のとき、月と太陽は直角になる。"]
STATISTICS = {"mean_query": [0.1, 0.2, 0.3], "queries": 300}


def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def int8_centred(rows):
    """What is left without the mean, in `int8`, and the mean."""
    centre = rows.astype("f8").mean(axis=0).astype("<f4")
    return int8(rows - centre) + centre.tobytes()


def int8(rows):
    """Of 21 steps from largest / 254 to largest / 127 the one that least squares likes best, then its best scale."""
    codes, scales = [], []
    for row in rows:
        tried = []
        for kept in range(20, 41):
            step = np.abs(row).max() * np.float32(kept) / (np.float32(40) * np.float32(127))
            code = np.array([math.copysign(math.floor(abs(x) + 0.5), x) for x in row / step]).clip(-127, 127)
            scale = float(row.astype("f8") @ code) / float(code @ code)
            tried.append((float(((row - scale * code) ** 2).sum()), code, scale))
        _, code, scale = min(tried, key=lambda t: t[0])
        codes.append(code)
        scales.append(scale)
    return np.array(codes).astype("i1").tobytes() + np.array(scales, dtype="<f4").tobytes()


ENCODED = {
    "float32": VECTORS.tobytes(),
    "float16": VECTORS.astype("<f2").tobytes(),
    "int8": int8(VECTORS),
    "int8-centred": int8_centred(VECTORS),
}


def parts(encoding):
    """name -> (encoding, bytes, further fields), by name as bundles have them."""
    return {
        "pictures": ("png-list", b"not known yet", {"since": 3}),
        "statistics": ("json", to_json(STATISTICS), {}),
        "texts": ("json", to_json(TEXTS), {}),
        "vectors": (encoding, ENCODED[encoding], {}),
    }


def described(encoding, data, place, further):
    digest = hashlib.sha256(data).hexdigest()
    return {"encoding": encoding, "length": len(data), "sha256": digest, **place, **further}


def write(name, parts):
    bundle = {"format": "exemplar-search", "version": 2, "space": SPACE, "articles": ARTICLES, "passages": PASSAGES}
    (HERE / name).write_bytes(to_json({**bundle, "parts": parts, "generator": "by hand"}) + b"\n")


for encoding in ENCODED:
    inline = {
        name: described(e, data, {"data": base64.b64encode(data).decode()}, further)
        for name, (e, data, further) in parts(encoding).items()
    }
    write(f"bundle-v2-{encoding}.json", inline)

# With the parts that are text as text.
for encoding in ENCODED:
    inline = {
        name: described(e, data, {"text": data.decode()} if e == "json" else {"data": base64.b64encode(data).decode()}, further)
        for name, (e, data, further) in parts(encoding).items()
    }
    write(f"bundle-v2-text-{encoding}.json", inline)

# The first release called the int8 one bundle-v2-sidecar.json.
for encoding in ENCODED:
    name = "" if encoding == "int8" else f"-{encoding}"
    block = b"".join(data for _, data, _ in parts(encoding).values())
    file = f"bundle-{hashlib.sha256(block).hexdigest()[:16]}.bin"
    offset, beside = 0, {}
    for part, (e, data, further) in parts(encoding).items():
        beside[part] = described(e, data, {"file": file, "offset": offset}, further)
        offset += len(data)
    write(f"bundle-v2-sidecar{name}.json", beside)
    (HERE / file).write_bytes(block)
    print(name, file)


def coded(values, codes, low):
    """Little-endian float32 low and step, and a code each."""
    low = np.float32(low)
    step = np.float32((values.max() - low) / codes)
    return low.tobytes() + step.tobytes() + np.rint((values - low) / step).astype("<u2").tobytes()


def whitening(rows, covariance_too):
    rows = rows.astype("f8") / np.linalg.norm(rows.astype("f8"), axis=1, keepdims=True)
    mean = rows.mean(axis=0)
    rows -= mean
    covariance = rows.T @ rows / len(rows)
    variance = np.trace(covariance) / len(mean)
    data = mean.astype("<f4").tobytes() + np.float64(variance).tobytes()
    for shrinkage in [10, 3]:
        inverse = np.linalg.inv(covariance + shrinkage * variance * np.eye(len(mean)))
        scales = 1 / np.sqrt(np.einsum("ij,jk,ik->i", rows, inverse, rows))
        data += coded(scales, 65535, scales.min())
    if covariance_too:
        lower = [covariance[i, : i + 1] for i in range(len(mean))]
        steps = np.array([np.abs(row).max() / 32767 for row in lower], dtype="<f4")
        data += steps.tobytes() + b"".join(np.rint(row / step).astype("<i2").tobytes() for row, step in zip(lower, steps))
    return data


WHITENED = np.array([[3, 1, 2], [1, -2, 0.5], [0.25, 1, 4], [-1, 2, 2], [2, 2, -1], [0.5, 0.75, 1]], dtype="<f4")
PASSAGES = [{"article": 0}] * 3 + [{"article": 1}] * 3
for name, covariance_too in [("whitening", True), ("whitening-lengths", False)]:
    all = {"vectors": ("float32", WHITENED.tobytes()), "whitening": ("whitening-1", whitening(WHITENED, covariance_too))}
    inline = {
        part: described(e, data, {"data": base64.b64encode(data).decode()}, {}) for part, (e, data) in all.items()
    }
    write(f"bundle-v2-{name}.json", inline)
