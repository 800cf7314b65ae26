"""The parts of a wheel that depend on what is packed: the binary, the platforms that it runs on, and the version of the model's wheel."""

import os
import re
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class Metadata(MetadataHookInterface):
    def update(self, metadata):
        metadata["optional-dependencies"] = {"model": [f"exemplar-search-model=={metadata['version']}"]}


class Command(BuildHookInterface):
    def initialize(self, version, build_data):
        binary = os.environ.get("EXEMPLAR_BIN")
        if not binary:
            raise SystemExit("EXEMPLAR_BIN is not set: it names the binary to pack")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ.get('EXEMPLAR_WHEEL_PLATFORM') or platforms(binary)}"
        name = "exemplar.exe" if binary.endswith(".exe") else "exemplar"
        build_data["force_include"][binary] = f"exemplar_search/bin/{name}"


def platforms(binary):
    """The platform tags of a binary that was compiled on this machine."""
    machine = re.sub(r"[-.]", "_", sysconfig.get_platform())
    if not machine.startswith("linux_"):
        return machine
    machine = machine.removeprefix("linux_")
    with open(binary, "rb") as file:
        contents = file.read()
    # A dynamic binary names its loader near its start.
    if not re.search(rb"/ld-[\w.-]+\.so", contents[:4096]):
        return f"manylinux2014_{machine}.musllinux_1_1_{machine}"
    newest = max(int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", contents))
    return f"manylinux_2_{newest}_{machine}"
