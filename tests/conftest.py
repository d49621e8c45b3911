"""Keep every test away from the user's own runs and settings."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

KEPT = ("CNNLAB_CHROMIUM", "CNNLAB_SKIP_BROWSER")  # they steer the browser tests, not the product

# As the product's processes have it, whatever the processor; read when TensorFlow is loaded.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"

# A busy machine is no fault of the code under test.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Drop the product's settings from the environment, and give whatever outlives one test a home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("CNNLAB_") and name not in KEPT:
                patch.delenv(name)
        patch.setenv("CNNLAB_HOME", str(tmp_path_factory.mktemp("session-home")))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty CNNLAB_HOME of this test."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CNNLAB_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command that a test calls in this process not limit it, and the browsers that it starts, for good."""
    monkeypatch.setattr("cnnlab.commands.check_data.limit_memory", lambda _: None)


def pytest_collection_finish() -> None:
    """Leave what collecting imported, TensorFlow too, out of the full collection that ends every run of a page."""
    gc.collect()
    gc.freeze()
