"""Keep what took long to find as files in a folder, as many as it may hold."""

import tempfile
from pathlib import Path


def keep_file(path: Path, content: bytes, most: int) -> None:
    """Write a file at once, and let the oldest of its kind go beyond `most`; its folder is made where it is missing.

    A disk that is full only means that it will be found again.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as aside:
            aside.write(content)
        Path(aside.name).replace(path)
        kept = sorted(path.parent.glob(f"*{path.suffix}"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-most]:
            old.unlink(missing_ok=True)
    except OSError:
        return
