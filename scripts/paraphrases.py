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
import tempfile
from contextlib import contextmanager
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



@contextmanager
def model(folder):
    """The address of a server that embeds with the model: `exemplar search` would load it for each query."""
    command = [given.exemplar, "serve", folder, "--port", "0", "--model-dir", given.model_dir]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield re.search(r"http://[\d.:]+", server.stdout.readline())[0]
        finally:
            server.kill()


def recall(method, *options):
    """The mean share of a query's pages that are among the first."""
    shares = []
    for one in queries:
        hits = found(one["query"], method, DEPTH, "--whole", *options)
        shares.append(sum(page in hits for page in one["pages"]) / len(one["pages"]))
    return sum(shares) / len(shares)


print("| method | with the model | with the query encoder | ratio |\n|---|---|---|---|")
with tempfile.TemporaryDirectory() as folder, model(folder) as address:
    for method in METHODS:
        by_model, by_encoder = recall(method, "--api", address), recall(method)
        print(f"| {method} | {by_model:.3f} | {by_encoder:.3f} | {by_encoder / by_model:.2f} |", flush=True)
