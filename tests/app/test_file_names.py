"""A file that a browser sends may be called anything: it is taken or refused in words, and no place is named by it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import local_script_runner

from cnnlab.core.network import Network
from cnnlab.ui.session import services
from tests.app.driving import mine, open_page, wait_for_data
from tests.app.material import data_zip, encoded
from tests.nasty_names import FILE_STEMS

SENT = [stem for stem in FILE_STEMS if "\ud800" not in stem]  # a message cannot hold half a surrogate
PICTURE = encoded(Image.fromarray(np.zeros((9, 9, 3), np.uint8)), "PNG")
NETWORK = json.dumps(Network((8, 8, 1), Network.seed().layers[:2]).to_dict()).encode()


@pytest.fixture(autouse=True)
def _guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files reach the pages as on the real server: through the guarded store."""

    def guarded(address: str) -> MemoryUploadedFileManager:
        made = MemoryUploadedFileManager(address)
        services.browser_files().attach(made)
        return made

    monkeypatch.setattr(local_script_runner, "MemoryUploadedFileManager", guarded)


def is_shown(name: str) -> bool:
    """Tell whether a name can stand on a page: visible, short, and of no other folder."""
    return 0 < len(name) <= 80 and name.isprintable() and "/" not in name


def test_an_archive_becomes_a_data_set_with_a_name_that_can_be_shown(home: Path) -> None:
    app = open_page("data")
    wait_for_data(app.file_uploader(key="data_file").upload("a\0b\nc.zip", data_zip(), "application/zip").run())
    assert not app.exception
    assert not app.error
    (entry,) = [json.loads(path.read_text()) for path in (home / "data").glob("*/entry.json")]
    assert is_shown(entry["name"])


def test_pictures_and_networks_may_be_called_anything() -> None:
    app = open_page("architecture")
    for stem in SENT:
        app.file_uploader(key="network_file").upload(f"{stem}.json", NETWORK, "application/json").run()
        assert not app.exception, stem
        assert mine(app).network.input_shape == (8, 8, 1)
        app.file_uploader(key="network_file").upload(f"{stem}.json", b"{", "application/json").run()
        assert not app.exception, stem
        assert app.error[0].value.isprintable()


def test_pictures_keep_a_name_that_can_be_shown() -> None:
    app = open_page("augmentation")
    for stem in SENT:
        app.file_uploader(key="picture_file").upload(f"{stem}.png", PICTURE, "image/png").run()
        assert not app.exception, stem
        assert mine(app).picture.held is not None
        assert is_shown(mine(app).picture.held.name), stem  # type: ignore[union-attr]
