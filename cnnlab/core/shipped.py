"""Say where the files lie that are not modules: beside the package in a checkout, inside it when it is installed."""

from pathlib import Path

PACKAGE: Path = Path(__file__).resolve().parents[1]
INSTALLED: Path = PACKAGE / "shipped"
ROOT: Path = INSTALLED if INSTALLED.is_dir() else PACKAGE.parent
ASSETS: Path = ROOT / "assets"
PAGES: Path = ROOT / "pages"
LAUNCHER: Path = ROOT / "app.py"
