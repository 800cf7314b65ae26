#!/usr/bin/env python3
"""Finds Rust modules that import each other in a circle, and fails if there are any.

A module may use what its parents hold, and a parent its children: that is one thing in several files. Any other way back is
a circle. Names that a module re-exports count for the module that they are from. Tests are left out.
"""

import re
import sys
from pathlib import Path

PATH = re.compile(r"\b(?:crate|super|self)(?:::\w+)+")
USE = re.compile(r"(\bpub(?:\([^)]*\))?\s+)?\buse\s+([^;]+);")


def code_of(file):
    """The file without comments, texts and its module of tests."""
    text = file.read_text(encoding="utf-8")
    text = re.sub(r'"(?:\\.|[^"\\])*"', '""', text)
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    return re.split(r"#\[cfg\(test\)\]\s*mod \w+ \{", text)[0]


def modules_of(src):
    """Each module's path, as a tuple of names, and its code."""
    modules = {}
    for file in sorted(src.rglob("*.rs")):
        parts = file.relative_to(src).with_suffix("").parts
        if parts[-1] in ("lib", "main", "mod"):
            parts = parts[:-1]
        if not {"tests", "bin"} & set(parts) and not (parts and parts[-1].endswith("_tests")):
            modules[parts] = modules.get(parts, "") + code_of(file)
    return modules


def expanded(tree):
    """The paths of a use tree: `a::{b, c::d as e}` is `a::b` and `a::c::d`, each with the name it is imported by."""
    tree = re.sub(r"\s+", " ", tree.strip())
    brace = tree.find("{")
    if brace < 0:
        path, _, name = tree.partition(" as ")
        path = path.strip()
        yield path.split("::"), name.strip() or path.split("::")[-1]
        return
    depth, start = 0, brace + 1
    for at in range(brace, len(tree)):
        depth += {"{": 1, "}": -1}.get(tree[at], 0)
        if depth == 1 and tree[at] == "," or depth == 0:
            if tree[start:at].strip():
                yield from expanded(tree[:brace] + tree[start:at].strip())
            start = at + 1


class Crate:
    def __init__(self, src):
        self.modules = modules_of(src)
        self.imports = {
            module: [(path, name, bool(public)) for public, tree in USE.findall(code) for path, name in expanded(tree)]
            for module, code in self.modules.items()
        }

    def resolve(self, module, path, seen=()):
        """The module that what is at `path`, seen from `module`, is from; nothing where it is of another crate."""
        at = module
        for place, name in enumerate(path):
            if name == "crate":
                at = ()
            elif name == "self":
                continue
            elif name == "super":
                at = at[:-1]
            elif at + (name,) in self.modules:
                at += (name,)
            elif place == 0:
                return None
            else:
                for other, known_as, _ in self.imports[at]:
                    if known_as == name and other[-1] != "self" and (at, name) not in seen:
                        return self.resolve(at, other, (*seen, (at, name)))
                return at
        return at

    def edges(self):
        for module, code in self.modules.items():
            paths = [path for path, _, _ in self.imports[module]]
            paths += [path.split("::") for path in PATH.findall(USE.sub("", code))]
            for path in paths:
                to = self.resolve(module, path)
                if to is not None and to != module[: len(to)]:
                    yield module, to


def circles(edges):
    """The strongly connected components of more than one module (Tarjan 1972)."""
    graph = {}
    for start, end in edges:
        graph.setdefault(start, set()).add(end)
        graph.setdefault(end, set())
    order, low, stack, found = {}, {}, [], []

    def visit(module):
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in order:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == order[module]:
            component = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(component) > 1:
                found.append(sorted(component))

    for module in sorted(graph):
        if module not in order:
            visit(module)
    return found


def main():
    root = Path(__file__).resolve().parent.parent
    count = 0
    for src in [root / "src", *sorted(root.glob("crates/*/src"))]:
        crate = Crate(src)
        edges = set(crate.edges())
        for circle in circles(edges):
            count += 1
            print(f"{src.relative_to(root)}: these modules import each other in a circle:")
            for start, end in sorted(edges):
                if start in circle and end in circle:
                    print(f"  {'::'.join(start) or 'the crate'} uses {'::'.join(end)}")
    if count:
        sys.exit(1)


main()
