"""Run pages without a browser: nothing cached from the test before, and no supervisor."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import streamlit as st

from cnnlab.core.inside.sliding import pointwise_until_pool
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import trace
from cnnlab.processes.inference import InferenceClient, Look, Weights, Window
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.store import Store
from cnnlab.ui.app import hosts
from cnnlab.ui.inside import maps_page, seen, subjects
from cnnlab.ui.session import services

SERVICES = (
    services.settings,
    services.store,
    services.engine,
    services.inference,
    services.reader,
    services.importer,
    services.library,
    services.jobs,
    services.arrivals,
    services.browser_files,
    hosts.hosts,
    services.origins,
    services.teacher_key,
    seen.SEEN,
    maps_page.ACTIVITY,
    maps_page.ALIKE,
)


class FakeInference:
    """Answer at once with maps of the right shapes, every value 0.25."""

    def maps(
        self, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], ...]:
        return tuple(np.full(row.output_shape, 0.25, np.float32) for row in trace(network))

    def window(
        self,
        network: Network,
        weights: Weights,
        pixels: npt.NDArray[np.uint8],
        index: int,
        channel: int,
        first: int = 0,
    ) -> Window:
        row = trace(network)[index]
        kernel = network.layers[index].config.get("kernel_size", (0, 0))
        following, pool = pointwise_until_pool(network, index)
        places = (index, *following, *(() if pool is None else (pool,)))
        after = tuple(np.full(trace(network)[i].output_shape[:2], 0.25, np.float32) for i in places)
        inputs = np.full(row.input_shape, 0.25, np.float32)
        return Window(0, 0.0, inputs, np.zeros((*kernel, row.input_shape[2]), np.float32), after[0], after[0], after)

    def look(self, network: Network, weights: Weights, pixels: npt.NDArray[np.uint8]) -> Look:
        return Look(self.maps(network, weights, pixels), None)


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
    services.reader().close()
    services.importer().close()


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """Open the run store that the pages of this test see."""
    opened = Store(home)
    yield opened
    opened.close()


@pytest.fixture
def no_inference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the feature maps come from nowhere, where their values do not matter."""
    monkeypatch.setattr(subjects, "inference", FakeInference)


@pytest.fixture(scope="session")
def real_inference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InferenceClient]:
    """Start one process that computes feature maps, for all tests that need true values."""
    client = InferenceClient(Settings(tmp_path_factory.mktemp("inference")))
    yield client
    client.close()


@pytest.fixture
def inference(real_inference: InferenceClient, monkeypatch: pytest.MonkeyPatch) -> InferenceClient:
    """Let the pages of this test ask the one real process."""
    monkeypatch.setattr(subjects, "inference", lambda: real_inference)
    return real_inference


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the download buttons of a page offer, by their labels, once the page has run."""
    offered: dict[str, Any] = {}
    real = st.download_button

    def recorded(label: str, data: Any, *rest: Any, **options: Any) -> bool:
        offered[label] = data
        return real(label, data, *rest, **options)

    monkeypatch.setattr(st, "download_button", recorded)
    return offered
