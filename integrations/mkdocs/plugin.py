"""A plugin for MkDocs: builds the search after the site, and puts the search box into the header of the theme."""

import html
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.utils import get_relative_url

log = logging.getLogger("mkdocs.plugins.exemplar-search")

# A search box that says that there is no search yet, for `mkdocs serve` before the first build.
BEFORE_BUILD = Path(__file__).parent / "before_build"

# By theme: texts of its pages, of which the box goes before the first that is there, once what stands with it has been passed.
PLACES = {
    "material": [('<nav class="md-header__inner', '<div class="md-header__source"'), ('<nav class="md-header__inner', "</nav>")],
    "mkdocs": [("", '<ul class="nav navbar-nav ms-md-auto">'), ("", "<!-- Expanded navigation -->")],
    "readthedocs": [('<div class="wy-side-nav-search"', "</div>")],
}


class Options(Config):
    attributes = config_options.Type(dict, default={})
    """Of the search box, see docs/component.md."""


class ExemplarSearch(BasePlugin[Options]):
    serving = False
    unplaced = False

    def on_startup(self, *, command, dirty):
        self.serving = command == "serve"

    def on_config(self, config):
        if {"search", "material/search"} & set(config.plugins):
            log.info("exemplar-search: the plugin 'search' is on too. Without it, the theme shows one search, not two")

    def on_post_page(self, output, *, page, config):
        return self.with_box(output, get_relative_url(".", page.url), config)

    def on_post_template(self, output_content, *, template_name, config):
        """404.html may be shown at any address: it needs that of the site."""
        if template_name != "404.html" or not config.site_url:
            return output_content
        return self.with_box(output_content, root_path(config), config)

    def with_box(self, page, root, config):
        root = root if root.endswith("/") else f"{root}/"
        attributes = {"mode": "button", "languages": "page", "bundle": f"{root}exemplar/bundle.json", "base": root}
        attributes.update(self.config.attributes)
        written = " ".join(f'{name}="{html.escape(str(value))}"' for name, value in attributes.items())
        place = place_in(page, config.theme.name)
        if place is None:
            self.unplaced = True
            return page
        page = f"{page[:place]}<exemplar-search {written}></exemplar-search>{page[place:]}"
        script = f'<script type="module" src="{root}exemplar/component/exemplar-search.js"></script>'
        return page.replace("</head>", f"{script}</head>", 1)

    @event_priority(-200)
    def on_post_build(self, *, config):
        """Last, so that the pages of all languages are there."""
        i18n = config.plugins.get("i18n")
        if i18n and getattr(i18n, "building", False):
            return
        if self.serving:
            put_search_of_last_build(config)
        else:
            self.build(config)

    def build(self, config):
        options = ["--base-url", root_path(config)] if config.site_url else []
        options += ["--inject"] if self.unplaced else []
        command = [sys.executable, "-m", "exemplar_search", "build", "--site", config.site_dir, *options]
        if subprocess.run(command).returncode:
            raise PluginError("exemplar-search: the search was not built; the command's message is above")


def root_path(config):
    return urlsplit(config.site_url).path.rstrip("/") + "/"


def place_in(page, theme):
    """Where the box belongs in a page, or None."""
    for after, before in PLACES.get(theme, []):
        start = page.find(after)
        place = page.find(before, start) if start >= 0 else -1
        if place >= 0:
            return place
    return None


def put_search_of_last_build(config):
    """`mkdocs serve` builds into a folder of its own."""
    root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
    built = root / next((its["site_dir"] for its in config.user_configs if its.get("site_dir") not in (None, config.site_dir)), "site") / "exemplar"
    folder = built if built.is_dir() else BEFORE_BUILD
    shutil.copytree(folder, Path(config.site_dir) / "exemplar", dirs_exist_ok=True)
