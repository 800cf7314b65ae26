#!/usr/bin/env python3
"""Joins test collections in BEIR's shape to one, for `exemplar eval --shards`, and prints where it is.

    scripts/join-collections.py OUT FOLDER... [--every 3] [--words 4]

Each FOLDER has corpus.jsonl, queries.jsonl and qrels.tsv, with the vectors that numpy saved: emb_corpus.npy and
emb_queries.npy, rows of float32. Ids get the set's name before them. Of the queries, one in --every is taken, if it has no more than
--words words. The ids of queries that name a document of their set, as in sets of links, stay what --leave-out-own leaves out.
"""
import argparse
import ast
import json
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("out", type=Path)
parser.add_argument("folders", type=Path, nargs="+", metavar="folder")
parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth query")
parser.add_argument("--words", type=int, metavar="N", help="take queries of at most N words, which have spaces between them")
given = parser.parse_args()


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def rows(path):
    """The rows of a matrix in numpy's format 1, each as bytes."""
    data = path.read_bytes()
    end = 10 + int.from_bytes(data[8:10], "little")
    header = ast.literal_eval(data[10:end].decode())
    count, width = header["shape"]
    assert header["descr"] == "<f4" and not header["fortran_order"], f"{path}: expected rows of float32"
    return [data[end + i * width * 4:end + (i + 1) * width * 4] for i in range(count)], width


def save(path, all_rows, width):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(all_rows)}, {width}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"".join(all_rows))


corpus, queries, grades, passage_rows, query_rows = [], [], [], [], []
width = 0
for folder in given.folders:
    def own(line):
        return f"{folder.name}/{line.get('id', line.get('_id'))}"

    documents = lines(folder / "corpus.jsonl")
    ids = {own(line) for line in documents}
    # Sets of links name each query by its document; in others the same numbers may stand for both.
    links = folder.name.startswith("site-")
    corpus += [{**line, "id": own(line)} for line in documents]
    taken = {}
    texts, width = rows(folder / "emb_queries.npy")
    for place, (line, row) in enumerate(zip(lines(folder / "queries.jsonl"), texts, strict=True)):
        if place % given.every == 0 and (given.words is None or len(line["text"].split()) <= given.words):
            taken[own(line)] = own(line) if links else f"query of {own(line)}"
            queries.append({"id": taken[own(line)], "text": line["text"]})
            query_rows.append(row)
    passage_rows += rows(folder / "emb_corpus.npy")[0]
    for line in (folder / "qrels.tsv").read_text().splitlines():
        query, document, grade = line.split("\t")
        query, document = own({"id": query}), own({"id": document})
        if query in taken and document in ids:
            grades.append(f"{taken[query]}\t{document}\t{grade}")

given.out.mkdir(parents=True, exist_ok=True)
for name, content in [("corpus", corpus), ("queries", queries)]:
    (given.out / f"{name}.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in content))
(given.out / "qrels.tsv").write_text("".join(line + "\n" for line in grades))
save(given.out / "emb_corpus.npy", passage_rows, width)
save(given.out / "emb_queries.npy", query_rows, width)
print(f"{given.out}: {len(corpus)} documents, {len(queries)} queries")
