#!/usr/bin/env python3
"""scripts/security-tests.py: fails unless each row of docs/security.md names tests that exist, and each action that a workflow uses is
named by its commit."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/security.md"
SOURCES = ["crates/*/src/**/*.rs", "crates/*/tests/**/*.rs", "src/**/*.rs", "tests/**/*.rs", "tests/**/*.mjs", "scripts/*", "fuzz/fuzz_targets/*.rs"]
# What tests by being run, with what must hold it.
COMMANDS = {"cargo --locked": "Cargo.lock", "npm ci": "package-lock.json"}


def rows(text):
    """The cells of each row of the tables that have a column of tests, with its line."""
    has_tests = False
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            has_tests = False
        elif cells[-1] == "test":
            has_tests = True
        elif has_tests and not cells[-1].startswith("---"):
            yield number, cells


def exists(name, files):
    """Whether a file, a function, a module of tests, a test in the browser or a command is called so."""
    if name in COMMANDS:
        return (ROOT / COMMANDS[name]).exists()
    if name.startswith("./build.sh "):
        return f"\n  {name.split()[1]})" in files[ROOT / "build.sh"]
    if re.search(r"\.(rs|mjs|py|sh)$", name):
        return any(str(path).endswith(f"/{name}") for path in files)
    if name.endswith("::tests"):
        module = name.removesuffix("::tests")
        return any(path.stem == module and "mod tests" in text for path, text in files.items())
    if " " in name:
        return any(f"test('{name}'" in text for text in files.values())
    return any(f"fn {name}(" in text for text in files.values())


def problems():
    files = {path: path.read_text() for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file() and path.parent.name != "pkg"}
    files[ROOT / "build.sh"] = (ROOT / "build.sh").read_text()
    for number, cells in rows(DOCUMENT.read_text()):
        names = re.findall(r"`([^`]+)`", cells[-1])
        if not names and not cells[-1].startswith("the same"):
            yield f"docs/security.md, line {number}: \"{cells[0]}\" has no test"
        for name in names:
            if name not in ("ADVISORIES",) and not exists(name, files):
                yield f"docs/security.md, line {number}: there is no test {name}"
    for path in [*ROOT.glob(".github/workflows/*.yml"), ROOT / "action.yml"]:
        for use in re.findall(r"uses: (\S+)", path.read_text()):
            if not use.startswith("./") and not re.search(r"@[0-9a-f]{40}$", use):
                yield f"{path.relative_to(ROOT)}: {use} is not named by its commit"


found = list(problems())
print("\n".join(found) or "each row of docs/security.md has its tests, and each action its commit")
sys.exit(1 if found else 0)
