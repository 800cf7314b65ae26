#!/usr/bin/env python3
"""From what `apt-cache dumpavail` prints, a line of JSON for each package, as `exemplar build --items` reads them."""

import json
import sys


def stanzas(lines):
    fields = {}
    for line in lines:
        name, colon, value = line.rstrip("\n").partition(":")
        if not line.strip():
            yield fields
            fields = {}
        elif colon and not line.startswith(" "):
            fields[name] = value.strip()
    yield fields


seen = set()
for fields in stanzas(sys.stdin):
    name, description = fields.get("Package"), fields.get("Description")
    # A package of two versions, such as one with a security update, is one article.
    if not name or not description or name in seen:
        continue
    seen.add(name)
    item = {
        "title": name,
        "url": f"https://packages.debian.org/stable/{name}",
        "text": description,
        "tags": [fields.get("Section", "misc").split("/")[-1]],
    }
    print(json.dumps(item, ensure_ascii=False))
