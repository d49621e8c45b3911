"""Run pages without a browser: nothing cached from the test before, and no supervisor."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import streamlit as st

from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import trace
from cnnlab.runs.inference import InferenceClient, Weights
from cnnlab.runs.local import LocalEngine
from cnnlab.runs.store import Store
from cnnlab.ui import maps, services

SERVICES = (services.settings, services.store, services.engine, services.inference, services.library)


class FakeInference:
    """Answer at once with maps of the right shapes, every value 0.25."""

    def maps(
        self, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        return tuple(np.full(row.output_shape, 0.25, np.float32) for row in trace(network))


@pytest.fixture(autouse=True)
def _fresh_services(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read the settings anew; only what never changes, such as the bundled data set, stays cached."""
    for service in SERVICES:
        service.clear()
    st.cache_data.clear()
    monkeypatch.setattr(LocalEngine, "start", lambda self: None)
    yield
    services.store().close()
    services.inference().close()


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """Open the run store that the pages of this test see."""
    opened = Store(home)
    yield opened
    opened.close()


@pytest.fixture
def no_inference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the feature maps come from nowhere, where their values do not matter."""
    monkeypatch.setattr(maps, "inference", FakeInference)


@pytest.fixture(scope="session")
def real_inference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InferenceClient]:
    """Start one process that computes feature maps, for all tests that need true values."""
    client = InferenceClient(Settings(tmp_path_factory.mktemp("inference")))
    yield client
    client.close()


@pytest.fixture
def inference(real_inference: InferenceClient, monkeypatch: pytest.MonkeyPatch) -> InferenceClient:
    """Let the pages of this test ask the one real process."""
    monkeypatch.setattr(maps, "inference", lambda: real_inference)
    return real_inference
