#!/usr/bin/env python3
"""Measures what `exemplar eval --foreign` calls the hits of queries on every test set in a folder, and prints the table of docs/quality.md.

    scripts/closeness.py FOLDER --model-dir target/models/multilingual-e5-small > table.md

FOLDER holds sets in BEIR's shape with the vectors that numpy saved: emb_corpus.npy and emb_queries.npy, of the model. To each set, foreign
queries are those of the others (but of sets whose names begin alike, up to --alike characters), general-queries.txt beside this script, and
nonsense made by rule. Results are kept in --out as JSON; what is there is not measured again.
"""
import argparse
import json
import random
import subprocess
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=Path)
parser.add_argument("--model-dir", required=True)
parser.add_argument("--exemplar", default="target/debug/exemplar")
parser.add_argument("--out", type=Path, default=Path("target/closeness"))
parser.add_argument("--query-texts", help="of a set, and as many words; else as many as the command takes")
parser.add_argument("--most", type=int, default=300, help="queries of another set")
parser.add_argument("--alike", type=int, default=12)
parser.add_argument("--shards", action="store_true", help="also by bundles in shards")
given = parser.parse_args()
given.out.mkdir(parents=True, exist_ok=True)


def texts(path):
    return [json.loads(line)["text"].replace("\n", " ") for line in path.read_text().splitlines()]


def write(name, lines):
    path = given.out / f"{name}.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def nonsense(count=90):
    """Keys hit at random, syllables without a meaning, and characters of Japanese in any order."""
    chance = random.Random(5)
    of = lambda letters, least, most: "".join(chance.choice(letters) for _ in range(chance.randint(least, most)))
    consonants, vowels = "bcdfghjklmnpqrstvwxz", "aeiouy"
    syllables = lambda: "".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(chance.randint(2, 4)))
    kana = "".join(map(chr, [*range(0x3042, 0x3094), *range(0x30A2, 0x30F4)]))
    kinds = [
        lambda: of(consonants, 4, 8),
        lambda: " ".join(of("abcdefghijklmnopqrstuvwxyz", 4, 9) for _ in range(chance.randint(1, 3))),
        lambda: " ".join(syllables() for _ in range(chance.randint(1, 3))),
        lambda: of(kana, 4, 9),
        lambda: "".join(chr(chance.randint(0x4E00, 0x9000)) for _ in range(chance.randint(3, 6))),
    ]
    return [kinds[i % len(kinds)]() for i in range(count)]


sets = sorted(path for path in given.folder.iterdir() if (path / "corpus.jsonl").exists())
general = Path(__file__).with_name("general-queries.txt")
made = write("nonsense", nonsense())
queries = {}
for path in sets:
    own = texts(path / "queries.jsonl")
    step = -(-len(own) // given.most)
    queries[path.name] = write(path.name, own[::step])

print("| set | vectors | own | general | nonsense | other sets | the worst of these |")
print("|---|---|---|---|---|---|---|")
for path in sets:
    kept = given.out / f"{path.name}.json"
    if not kept.exists() or not kept.stat().st_size:
        others = [file for name, file in queries.items() if name[:given.alike] != path.name[:given.alike]]
        command = [given.exemplar, "eval", "--collection", path, "--json", "--model-dir", given.model_dir, "--method", "lexical",
                   "--embeddings", path / "emb_corpus.npy", "--query-embeddings", path / "emb_queries.npy"]
        command += ["--query-texts", given.query_texts] if given.query_texts else []
        command += [word for file in [general, made, *others] for word in ("--foreign", file)]
        command += ["--leave-out-own"] * path.name.startswith("site-") + ["--shards"] * given.shards
        kept.write_text(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    rows = json.loads(kept.read_text())["closeness"]
    for vectors in dict.fromkeys(row["embedder"] for row in rows):
        bands = {row["of"]: row for row in rows if row["embedder"] == vectors}
        cell = lambda row: " / ".join(f"{100 * row[band]:.0f}" for band in ("good", "nearest", "nothing"))
        others = [row for name, row in bands.items() if name not in ("own", "general-queries", "nonsense")]
        all_of = sum(row["queries"] for row in others)
        mean = {band: sum(row[band] * row["queries"] for row in others) / all_of for band in ("good", "nearest", "nothing")}
        worst = max(others, key=lambda row: row["good"])
        print(f"| {path.name} | {vectors} | {cell(bands['own'])} | {cell(bands['general-queries'])} | {cell(bands['nonsense'])} | "
              f"{cell(mean)} | {worst['of']}: {100 * worst['good']:.0f}% good |", flush=True)
