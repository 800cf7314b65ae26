#!/usr/bin/env python3
"""Asks each title of a site as a query, and prints how many of the pages come first, and which do not.

    scripts/titles.py SOURCE... [--model-dir target/models/multilingual-e5-small] > table.md

A SOURCE is a bundle, or JSON lines with the pages of a site (id, title, text, perhaps url), of which a bundle is built: with the model, or
without vectors where none is named. Titles that several pages have are left out, with case, accents and signs apart, and so are those that begin with
#, which a file of queries cannot have. Each bundle is asked whole and, where it has a query encoder, in shards; by the default method and by keywords alone.
Exit status 1 if a page is not first.
"""
import argparse
import json
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("sources", type=Path, nargs="+", metavar="SOURCE")
parser.add_argument("--model-dir", help="embeds the pages of JSON lines")
parser.add_argument("--exemplar", default="target/demo/exemplar")
parser.add_argument("--out", type=Path, default=Path("target/titles"), help="what is built; what is there is not built again")
given = parser.parse_args()


def run(*arguments, statuses=(0,)):
    done = subprocess.run([given.exemplar, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in statuses:
        sys.exit(done.stderr)
    return done.stdout


def built(source, folder):
    """The bundle of JSON lines."""
    bundle = folder / ("embedded.json" if given.model_dir else "words.json")
    if not bundle.exists():
        items = folder / "items.jsonl"
        with items.open("w") as file:
            for page in map(json.loads, source.read_text().splitlines()):
                address = page.get("url") or page["id"]
                file.write(json.dumps({"id": page["id"], "title": page["title"] or page["id"], "url": address, "text": page["text"]}) + "\n")
        vectors = ["--model-dir", given.model_dir] if given.model_dir else ["--no-vectors"]
        run("build", "--items", items, *vectors, "--layout", "inline", "-o", bundle)
    return bundle


def alike(title):
    """What titles that a reader takes for the same have in common."""
    plain = unicodedata.normalize("NFKD", title).casefold()
    return "".join(char for char in plain if char.isalnum())


def write_queries(articles, file):
    """How many there are."""
    counts = Counter(alike(article["title"]) for article in articles)
    asked = [article for article in articles if counts[alike(article["title"])] == 1 and not article["title"].startswith("#")]
    lines = ["\t".join([" ".join(article["title"].split()), article["url"]]) for article in asked]
    file.write_text("\n".join(lines) + "\n")
    return len(asked)


print("| site | pages | bundle | method | titles asked | first | share |")
print("|---|---|---|---|---|---|---|")
missed = []
for source in given.sources:
    name = (source.parent if source.name == "corpus.jsonl" else source).stem
    folder = given.out / name
    folder.mkdir(parents=True, exist_ok=True)
    bundle = built(source, folder) if source.suffix == ".jsonl" else source
    whole = folder / "whole.json"
    run("convert", bundle, "--layout", "inline", "-o", whole)
    read = json.loads(whole.read_text())
    queries = folder / "titles.tsv"
    asked = write_queries(read["articles"], queries)
    layouts = {"whole": whole}
    encoder = "encoder" in read["parts"]
    if encoder:
        layouts["shards"] = folder / "shards.json"
        run("convert", bundle, "--layout", "shards", "-o", layouts["shards"])
    for layout, path in layouts.items():
        for method in ["auto", "lexical"] if encoder else ["lexical"]:
            outcomes = json.loads(run("eval", path, "--queries", queries, "--method", method, "--json", statuses=(0, 1)))
            behind = [outcome for outcome in outcomes if outcome["rank"] != 1]
            first = asked - len(behind)
            print(f"| {name} | {len(read['articles'])} | {layout} | {method} | {asked} | {first} | {100 * first / asked:.1f}% |", flush=True)
            missed += [(name, layout, method, outcome) for outcome in behind]
if missed:
    print("\n| site | bundle | method | title | its page | stands | first is |\n|---|---|---|---|---|---|---|")
for name, layout, method, outcome in missed:
    print(f"| {name} | {layout} | {method} | {outcome['query']} | {outcome['page']} | {outcome['rank'] or '-'} | {outcome['first'] or '-'} |")
sys.exit(bool(missed))
