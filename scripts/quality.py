#!/usr/bin/env python3
"""Measures every test set in a folder with `exemplar eval` and prints the tables of docs/quality.md.

    scripts/quality.py FOLDER --model-dir target/models/multilingual-e5-small [--out results] > tables.md

FOLDER holds sets in BEIR's shape, each with the vectors that numpy saved: emb_corpus.npy and emb_queries.npy, by the model of --model-dir or
of --api, which also embeds what the query encoder is fitted on; and perhaps emb_corpus_NAME.npy and emb_queries_NAME.npy of another model,
which are measured with --api, and whose training texts must then be in the cache. Sets that --own names are derived from links: a
query is the title of a page, its own document is left out, and "articles like this one" is measured; the others were judged by people, and
refining is measured. Results are kept in --out as JSON; what is there is not measured again.
"""
import argparse
import json
import math
import subprocess
from fnmatch import fnmatch
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=Path)
engine = parser.add_mutually_exclusive_group(required=True)
engine.add_argument("--model-dir", help="the model on this machine")
engine.add_argument("--api")
parser.add_argument("--model", default="multilingual-e5-small", help="the API's; asked with input_type query or passage")
parser.add_argument("--other-model", default="all-MiniLM-L6-v2", help="that of the vectors with a NAME")
parser.add_argument("--exemplar", default="target/demo/exemplar")
parser.add_argument("--out", type=Path, default=Path("target/quality"))
parser.add_argument("--query-texts", help="of a set, and as many words; else as many as the command takes")
parser.add_argument("--own", default="site-*", help="the sets in which a query's id is that of its own document")
parser.add_argument("--all", action="store_true", help="the SVM over a range of C, and more")
given = parser.parse_args()
SINGLE = ["knn", "svm", "whitened", "hybrid"]
METHODS = {
    "search": [*SINGLE, "knn+lexical", "svm+lexical", "auto", "lexical"],
    "similar": [*SINGLE, "auto"],
    "refine": [*SINGLE, "knn+lexical", "svm+lexical", "whitened+lexical", "auto"],
}
given.out.mkdir(parents=True, exist_ok=True)


def ids(path):
    return [str(line.get("id", line.get("_id"))) for line in map(json.loads, path.read_text().splitlines())]


def evaluate(folder, suffix, task, own):
    """The report of `exemplar eval`."""
    kept = given.out / f"{folder.name}{suffix}.{task}.json"
    if not kept.exists() or not kept.stat().st_size:
        command = [given.exemplar, "eval", "--collection", folder, "--task", task, "--json",
                   "--embeddings", folder / f"emb_corpus{suffix}.npy", "--query-embeddings", folder / f"emb_queries{suffix}.npy"]
        recipe = ["--model", given.other_model] if suffix else [
            "--model", given.model, "--query-input-type", "query", "--passage-input-type", "passage"]
        command += ["--api", given.api, *recipe] if given.api else ["--model-dir", given.model_dir]
        command += ["--query-texts", given.query_texts] if given.query_texts else []
        command += ["--leave-out-own"] * own
        command += ["--all"] if given.all else [word for method in METHODS[task] for word in ("--method", method)]
        kept.write_text(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return json.loads(kept.read_text())


def value(report, embedder, method):
    """Its nDCG@10, none if it was not measured."""
    rows = [row for row in report["rows"] if (row["embedder"], row["method"]) == (embedder, method)]
    return rows[0]["mean"]["ndcg@10"]["mean"] if rows else None


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


def against(reports):
    """The query encoder against the API, each by the same method on the same queries."""
    print("\n### The query encoder against the API\n\n| set | judged by | kNN: API | encoder | ratio | `auto`: API | encoder | ratio | `auto` to the API's kNN: API | encoder |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, (report, own) in reports.items():
        knn, auto = ([value(report, embedder, method) for embedder in ("api", "encoder")] for method in ("knn", "auto"))
        pairs = " | ".join(f"{api:.3f} | {encoder:.3f} | {encoder / api:.2f}" for api, encoder in (knn, auto))
        over = " | ".join(f"{100 * (one / knn[0] - 1):+.1f}%" for one in auto)
        print(f"| {name} | {'links' if own else 'people'} | {pairs} | {over} |")


reports = []
for folder in sorted(path for path in given.folder.iterdir() if (path / "corpus.jsonl").exists()):
    own = fnmatch(folder.name, given.own)
    for corpus in sorted(folder.glob("emb_corpus*.npy" if given.api else "emb_corpus.npy")):
        suffix = corpus.stem.removeprefix("emb_corpus")
        for task in ["search", "similar" if own else "refine"]:
            # One document a query leaves nothing to refine for.
            if task == "refine" and len((folder / "qrels.tsv").read_text().splitlines()) == len(ids(folder / "queries.jsonl")):
                continue
            reports.append((task, own, suffix, folder.name.removeprefix("site-") + suffix.replace("_", " "), evaluate(folder, suffix, task, own)))

names = {"search": "Typed queries", "similar": "Articles like this one", "refine": "Refined by up to three examples"}
suffixes = sorted({suffix for _, _, suffix, _, _ in reports})
for task, title in names.items():
    for by_links in [False, True]:
        for suffix in suffixes:
            of = {name: report for kind, own, of_model, name, report in reports if (kind, own, of_model) == (task, by_links, suffix)}
            if of:
                table(f"{title}: {'from links' if by_links else 'judged by people'}{suffix.replace('_', ', ')}", of)
searched = {name: (report, own) for kind, own, suffix, name, report in reports if kind == "search" and report.get("encoder")}
against(searched)
print("\n### The query encoder\n\n| set | nDCG@10 of kNN over the API's | bytes | fitting | a query | known |\n|---|---|---|---|---|---|")
for name, (report, _) in searched.items():
    encoder = report["encoder"]
    ratio = value(report, "encoder", "knn") / value(report, "api", "knn")
    print(f"| {name} | {ratio:.3f} | {encoder['bytes']:,} | {encoder['fitSeconds']:.1f} s | {encoder['encodeMilliseconds']:.3f} ms | {100 * encoder['known']:.0f}% |")
