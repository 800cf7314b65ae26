#!/usr/bin/env python3
"""Measures queries whose content words their page does not have: tests/quality/paraphrases.jsonl, of The Rust Programming Language.

    scripts/paraphrases.py dist/bundles/rust-book.json --model-dir target/models/multilingual-e5-small

First each query is checked: its words, but for those of tests/quality/function-words.txt, must not find the page by keywords, which know other
endings and slips, too. Then it is asked with the bundle's query encoder and with the model, which stands for an embedding API, and the
share of pages among the first ten is printed. Without --model-dir, the queries are only checked.
"""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

SET = Path(__file__).parent.parent / "tests/quality"
DEPTH = 10
METHODS = ["knn", "whitened", "auto"]

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("bundle")
parser.add_argument("--model-dir")
parser.add_argument("--exemplar", default="target/demo/exemplar")
given = parser.parse_args()


def found(query, method, k, *options):
    """The ids of the first k pages. None is left out for not being close."""
    command = [given.exemplar, "search", given.bundle, "--query", query, "--method", method, "-k", str(k), "--strictness", "off", "--json", *options]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [hit["article"]["id"] for hit in json.loads(answer)["hits"]]


queries = [json.loads(line) for line in (SET / "paraphrases.jsonl").read_text().splitlines()]
function_words = set((SET / "function-words.txt").read_text().split())
wrong = []
for one in queries:
    words = [word for word in re.findall(r"[\w+#]+", one["query"].lower()) if word not in function_words]
    with_words = found(" ".join(words), "lexical", 10_000, "--whole")
    wrong += [f"\"{one['query']}\": {page} has a word of it" for page in one["pages"] if page in with_words]
if wrong:
    sys.exit("\n".join([*wrong, "Say it in words that the page does not have: exemplar search --explain names those that it has"]))
print(f"{len(queries)} queries, no content word of which is on their pages", file=sys.stderr)
if not given.model_dir:
    sys.exit()

encoder, model = ["--whole"], ["--whole", "--model-dir", given.model_dir]
print("| method | with the model | with the query encoder | ratio |\n|---|---|---|---|")
for method in METHODS:
    share = []
    for options in [model, encoder]:
        hit = 0
        for one in queries:
            hits = found(one["query"], method, DEPTH, *options)
            hit += sum(page in hits for page in one["pages"]) / len(one["pages"])
        share.append(hit / len(queries))
    print(f"| {method} | {share[0]:.3f} | {share[1]:.3f} | {share[1] / share[0]:.2f} |", flush=True)
