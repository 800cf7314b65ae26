"""The sentence model multilingual-e5-small, for the command exemplar."""

from pathlib import Path

FOLDER = Path(__file__).parent / "multilingual-e5-small"
