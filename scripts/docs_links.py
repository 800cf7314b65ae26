"""For mkdocs.yml: the home page is README.md, and links that lead out of docs/ lead to the repository."""

import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

LINK = re.compile(r"(\]\(|src=\")([^)\"#:\s]+)(#[^)\"\s]*)?(?=[)\"])")


def on_files(files, *, config):
    readme = Path(config.config_file_path).with_name("README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=LINK.sub(from_root, readme)))
    return files


def from_root(link):
    """Of a link in README.md: as docs/index.md would have it."""
    before, path, anchor = link.groups(default="")
    return before + (path.removeprefix("docs/") if path.startswith("docs/") else f"../{path}") + anchor


def on_page_markdown(markdown, *, page, config, files):
    folder = posixpath.join("docs", posixpath.dirname(page.file.src_uri))

    def to_repository(link):
        before, path, anchor = link.groups(default="")
        target = posixpath.normpath(posixpath.join(folder, path))
        within = target.startswith("docs/") and files.get_file_from_path(target.removeprefix("docs/"))
        return link[0] if within else f"{before}{config.repo_url}/blob/main/{target}{anchor}"

    return LINK.sub(to_repository, markdown)
