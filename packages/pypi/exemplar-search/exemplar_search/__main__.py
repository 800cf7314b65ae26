"""Starts the command, and tells it where the model's package is, if that is installed."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = Path(__file__).parent / "bin" / ("exemplar.exe" if os.name == "nt" else "exemplar")


def environment():
    variables = dict(os.environ)
    if not variables.get("EXEMPLAR_MODEL_DIR"):
        try:
            from exemplar_search_model import FOLDER
        except ImportError:
            pass
        else:
            variables["EXEMPLAR_MODEL_DIR"] = str(FOLDER)
    return variables


def main():
    command = [str(COMMAND), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(command, env=environment()))
    os.execve(command[0], command, environment())


if __name__ == "__main__":
    main()
