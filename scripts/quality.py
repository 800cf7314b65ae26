#!/usr/bin/env python3
"""Measures every test set in a folder with `exemplar eval` and prints the tables of docs/quality.md.

    scripts/quality.py FOLDER --api http://127.0.0.1:8000 [--out results] > tables.md

FOLDER holds sets in BEIR's shape, each with the vectors that numpy saved: emb_corpus.npy and emb_queries.npy, embedded by
the API, and perhaps emb_corpus_NAME.npy and emb_queries_NAME.npy of another model, whose training texts must then be in the
cache. In a set that --own names, a query's own document is left out, and "articles like this one" is measured; in the others,
refining is. Results are kept in --out as JSON; what is there is not measured again.
"""
import argparse
import json
import math
import subprocess
from fnmatch import fnmatch
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=Path)
parser.add_argument("--api", required=True)
parser.add_argument("--model", default="multilingual-e5-small", help="the API's; asked with input_type query or passage")
parser.add_argument("--other-model", default="all-MiniLM-L6-v2", help="that of the vectors with a NAME")
parser.add_argument("--exemplar", default="target/demo/exemplar")
parser.add_argument("--out", type=Path, default=Path("target/quality"))
parser.add_argument("--query-texts", default="1500")
parser.add_argument("--own", default="site-*", help="the sets in which a query's id is that of its own document")
parser.add_argument("--all", action="store_true", help="the SVM over a range of C, and more")
given = parser.parse_args()
given.out.mkdir(parents=True, exist_ok=True)


def ids(path):
    return [str(line.get("id", line.get("_id"))) for line in map(json.loads, path.read_text().splitlines())]


def evaluate(folder, suffix, task, own):
    """The report of `exemplar eval`."""
    kept = given.out / f"{folder.name}{suffix}.{task}.json"
    if not kept.exists() or not kept.stat().st_size:
        model = given.other_model if suffix else ""
        recipe = ["--model", model] if model else [
            "--model", given.model, "--query-input-type", "query", "--passage-input-type", "passage"]
        command = [given.exemplar, "eval", "--collection", folder, "--task", task, "--json", "--api", given.api, *recipe,
                   "--embeddings", folder / f"emb_corpus{suffix}.npy", "--query-texts", given.query_texts,
                   "--query-embeddings", folder / f"emb_queries{suffix}.npy"]
        command += ["--leave-out-own"] * own + ["--all"] * given.all
        kept.write_text(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return json.loads(kept.read_text())


def cell(row):
    by, own = row["difference"]["ndcg@10"], row["mean"]["ndcg@10"]["mean"]
    sure = " \\*" if by["low"] > 0 or by["high"] < 0 else ""
    return f"{own:.3f}{sure}"


def table(title, reports):
    names = list(reports)
    print(f"\n### {title}\n\n| vectors | method | {' | '.join(names)} | mean | to kNN | worst set |")
    print(f"|---|---|{'---|' * (len(names) + 3)}")
    firsts = [report["rows"][0] for report in reports.values()]
    order = []
    for report in reports.values():
        order += [key for row in report["rows"] if (key := (row["embedder"], row["method"])) not in order]
    for key in order:
        rows = [next((row for row in report["rows"] if (row["embedder"], row["method"]) == key), None)
                for report in reports.values()]
        values = [row["mean"]["ndcg@10"]["mean"] if row else math.nan for row in rows]
        base = [row["mean"]["ndcg@10"]["mean"] for row in firsts]
        worst = min(value / of - 1 for value, of in zip(values, base))
        cells = [cell(row) if row else "" for row in rows]
        print(f"| {key[0]} | {key[1]} | {' | '.join(cells)} | {sum(values) / len(values):.3f} | "
              f"{100 * (sum(values) / sum(base) - 1):+.1f}% | {100 * worst:+.1f}% |")


tasks = {"search": {}, "similar": {}, "refine": {}}
for folder in sorted(path for path in given.folder.iterdir() if (path / "corpus.jsonl").exists()):
    own = fnmatch(folder.name, given.own)
    for corpus in sorted(folder.glob("emb_corpus*.npy")):
        suffix = corpus.stem.removeprefix("emb_corpus")
        for task in ["search", "similar" if own else "refine"]:
            # One document a query leaves nothing to refine for.
            if task == "refine" and len((folder / "qrels.tsv").read_text().splitlines()) == len(ids(folder / "queries.jsonl")):
                continue
            tasks[task][folder.name.removeprefix("site-") + suffix.replace("_", " ")] = evaluate(folder, suffix, task, own)
for task, title in [("search", "Typed queries"), ("similar", "Articles like this one"), ("refine", "Refined by up to three examples")]:
    if tasks[task]:
        table(title, tasks[task])
print("\n### The query encoder\n\n| set | nDCG@10 of kNN over the API's | bytes | fitting | a query | known |\n|---|---|---|---|---|---|")
for name, report in tasks["search"].items():
    if encoder := report.get("encoder"):
        api, own = (next(row["mean"]["ndcg@10"]["mean"] for row in report["rows"]
                         if (row["embedder"], row["method"]) == (embedder, "knn")) for embedder in ["api", "encoder"])
        print(f"| {name} | {own / api:.3f} | {encoder['bytes']:,} | {encoder['fitSeconds']:.1f} s | "
              f"{encoder['encodeMilliseconds']:.3f} ms | {100 * encoder['known']:.0f}% |")
