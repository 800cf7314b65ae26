"""Puts the model's folder into the wheel."""

import os

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Model(BuildHookInterface):
    def initialize(self, version, build_data):
        folder = os.environ.get("EXEMPLAR_MODEL")
        if not folder:
            raise SystemExit("EXEMPLAR_MODEL is not set: it names the model's folder")
        name = os.path.basename(folder.rstrip("/"))
        build_data["force_include"][folder] = f"exemplar_search_model/{name}"
