#!/usr/bin/env python3
"""fuzz/seeds.py FOLDER: writes what the fuzzer begins with, a folder for each target, from the golden files and fuzz/corpus."""

import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden"
# As in a shard's head.
KINDS = ["start", "words", "passages", "texts", "ngrams", "vectors", "directions", "rest"]


def archive(files):
    """Files as one input: see fuzz/src/archive.rs."""
    return b"".join(len(file).to_bytes(4, "little") + file for file in files)


def bundles():
    for path in sorted(GOLDEN.glob("bundle-v*.json")):
        bundle = json.loads(path.read_bytes())
        parts = bundle.get("parts", {})
        beside = {part["file"] for part in parts.values() if "file" in part}
        yield path.stem, archive([path.read_bytes(), *((GOLDEN / name).read_bytes() for name in sorted(beside))])


def shards():
    manifest = (GOLDEN / "shards/bundle.json").read_bytes()
    folder = GOLDEN / "shards" / f"search-{json.loads(manifest)['build']}"
    head = 28  # bytes; the golden shards are not packed
    files = []
    for path in sorted(folder.glob("*.bin"), key=lambda path: not path.name.startswith("start")):
        kind, number = path.stem.split("-")
        files.append(bytes([KINDS.index(kind), int(number)]) + path.read_bytes()[head:])
    yield "all", archive([manifest, *files])
    yield "start", archive([manifest, files[0]])


def main(target):
    for name in sorted(path.stem for path in (ROOT / "fuzz/fuzz_targets").glob("*.rs")):
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        for path in (ROOT / "fuzz/corpus" / name).glob("*"):
            shutil.copy(path, folder / path.name)
    for name, seeds in {"bundle": bundles(), "shards": shards()}.items():
        for seed, content in seeds:
            (target / name / seed).write_bytes(content)
    for path in GOLDEN.glob("bundle-v*.json"):
        shutil.copy(path, target / "json" / path.name)


main(Path(sys.argv[1]))
