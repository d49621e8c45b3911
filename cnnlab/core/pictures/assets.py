"""Name the folders of the repository that the code reads from."""

from pathlib import Path

ASSETS: Path = Path(__file__).resolve().parents[3] / "assets"
