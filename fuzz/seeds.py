#!/usr/bin/env python3
"""fuzz/seeds.py FOLDER: writes what the fuzzer begins with, a folder for each target, from the golden files, fuzz/corpus, the files of
the command's tests and the examples."""

import base64
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden"
COMMAND = ROOT / "crates/cli/tests"
# Files that are inputs as they are.
FILES = {
    "json": [GOLDEN.glob("bundle-v*.json")],
    "pages": [(COMMAND / "corpus/html").glob("*"), (COMMAND / "sites").rglob("*.htm*"), (ROOT / "examples").rglob("*.html")],
    "feeds": [(COMMAND / "corpus/feed").glob("*")],
    "sitemaps": [(COMMAND / "corpus/sitemap").glob("*")],
    "markdown": [(COMMAND / "corpus/markdown").glob("*"), (ROOT / "examples").rglob("*.md")],
    "tables": [(COMMAND / "corpus/csv").glob("*")],
    "items": [(COMMAND / "corpus/feed").glob("*.json")],
}
# As in a shard's head.
KINDS = ["start", "words", "passages", "texts", "ngrams", "vectors", "directions", "rest", "fields"]


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


def remote():
    manifest = (GOLDEN / "remote/search.json").read_bytes()
    (file,) = (GOLDEN / "remote").glob("*.bin")
    dims = json.loads(manifest)["space"]["dimensions"]
    half = bytes(2 * dims - 2) + b"\x00\x3c"  # the last value is 1
    row = {"article": {"id": "a0", "title": "Moon", "url": "0.html", "fields": {"lang": "en"}}, "passage": {"index": 0, "text": "moon"}}
    rows = [{"id": f"a0#{i}", "words": i, **row} for i in range(3)]
    vectors = base64.b64encode(half * len(rows)).decode()
    yield "rows", archive([manifest, file.read_bytes(), json.dumps({"rows": rows, "vectors": vectors}).encode()])


def main(target):
    for name in sorted(path.stem for path in (ROOT / "fuzz/fuzz_targets").glob("*.rs")):
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        for paths in [(ROOT / "fuzz/corpus" / name).glob("*"), *FILES.get(name, [])]:
            for path in paths:
                shutil.copy(path, folder / "-".join(path.parts[-2:]))
    for name, seeds in {"bundle": bundles(), "shards": shards(), "remote": remote()}.items():
        for seed, content in seeds:
            (target / name / seed).write_bytes(content)


main(Path(sys.argv[1]))
