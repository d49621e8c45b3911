"""Run pages without a browser: nothing cached from the test before, and no supervisor."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import app_test, local_script_runner

from cnnlab.core.explain.asked import Asked, windows
from cnnlab.core.pictures import Pixels
from cnnlab.core.sequences.mutagenesis import variants
from cnnlab.core.settings import Settings
from cnnlab.processes.inference import Inside, Kernel, Look, Window
from cnnlab.processes.subjects import Subject
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.store import Store
from cnnlab.ui.app import hosts
from cnnlab.ui.explain import found, pixels_away
from cnnlab.ui.explain.units import climbing, notebook_view, patches
from cnnlab.ui.home import living
from cnnlab.ui.inside import marked, seen
from cnnlab.ui.inside.features import space
from cnnlab.ui.sequences import found as found_sequences
from cnnlab.ui.sequences import hits
from cnnlab.ui.session import services

INFERENCE = services.inference  # a test may put another in its place
SERVICES = (
    services.settings,
    services.store,
    services.classroom,
    services.engine,
    services.inference,
    services.reader,
    services.importer,
    services.library,
    services.jobs,
    services.fetches,
    services.arrivals,
    services.browser_files,
    hosts.hosts,
    services.origins,
    services.teacher_key,
    seen.SEEN,
    living.FLOWS,
    marked.ACTIVITY,
    marked.ALIKE,
    found.ATTRIBUTIONS,
    found.OUTPUTS,
    climbing.CLIMBS,
    climbing.SHEETS,
    notebook_view.DRAWINGS,
    pixels_away.FAITHFULNESS,
    patches.RANKINGS,
    space.SPACES,
    space.QUERIES,
    found_sequences.DECIDED,
    found_sequences.GRADIENTS,
    found_sequences.FIRST,
    hits.HITS,
)


class FakeInference:
    """Answer at once with maps of the right shapes, every value 0.25."""

    is_there = False

    def wake(self) -> None:
        pass

    def look(self, subject: Subject, pixels: Pixels) -> Look:
        return Look(tuple(np.full(row.shape, 0.25, np.float32) for row in subject.rows), None)

    def kernels(self, subject: Subject) -> tuple[Kernel, ...]:
        return ()

    def window(self, subject: Subject, pixels: Pixels, index: int, channel: int, first: int = 0) -> Window:
        place = subject.graph.place(index)
        kernel = place.node.config.get("kernel_size", (0, 0))
        places = (index, *place.following, *(() if place.pool is None else (place.pool.index,)))
        after = tuple(np.full(subject.rows[i].shape[:2], 0.25, np.float32) for i in places)
        inputs = np.full(place.input_shape, 0.25, np.float32)
        return Window(0, 0.0, inputs, np.zeros((*kernel, place.input_shape[2]), np.float32), after[0], after[0], after)

    def ask(
        self, request: str, subject: Subject, pixels: Pixels | None, *more: np.ndarray, asked: Any = None, **_: object
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        if pixels is None:
            return self._of_a_sequence(request, subject, *more)
        assert request == "attribution"
        shape = subject.input_shape[:2]
        found = [np.full(shape, 0.25, np.float32), np.full(subject.rows[-1].shape, 0.25, np.float32)]
        if asked["method"] == "grad_cam":
            found.append(np.full((3, 3), 0.25, np.float32))
        if asked["method"] == "occlusion":
            laid = windows(Asked(**asked), *shape)
            found += [np.full((len(laid.tops), len(laid.lefts)), 0.25, np.float32)] * 2
        return {"score": 0.25, "probability": 0.25, "completeness": None}, found

    def _of_a_sequence(
        self, request: str, subject: Subject, codes: np.ndarray
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        count = 1 + len(variants(codes)) if request == "mutagenesis" else 1
        scores, outputs = np.full(count, 0.25, np.float32), np.full((count, *subject.rows[-1].shape), 0.25, np.float32)
        if request == "mutagenesis":
            return {}, [scores, outputs]
        assert request == "letter_gradient"
        return {"score": 0.25}, [np.full((len(codes), 4), 0.25, np.float32), outputs[0]]


@pytest.fixture(autouse=True, scope="session")
def _read_once() -> Iterator[None]:
    """Let Streamlit read once what packages are installed and what our scripts say: it does so for every app."""
    scripts = ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", lambda: scripts)
        yield


@pytest.fixture(autouse=True)
def _fresh_services(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read the settings anew; only what never changes, such as the bundled data set, stays cached."""
    for service in SERVICES:
        service.clear()
    st.cache_data.clear()
    monkeypatch.setattr(LocalEngine, "start", lambda self: None)
    monkeypatch.setattr(Inside, "wake", lambda self: None)
    yield
    services.store().close()
    INFERENCE().close()
    services.reader().close()


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """Open the run store that the pages of this test see."""
    opened = Store(home)
    yield opened
    opened.close()


@pytest.fixture
def no_inference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the feature maps come from nowhere, where their values do not matter."""
    monkeypatch.setattr(services, "inference", FakeInference)


@pytest.fixture(scope="session")
def real_inference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    """Start one process that computes feature maps, for all tests that need true values."""
    client = Inside(Settings(tmp_path_factory.mktemp("inference")))
    yield client
    client.close()


@pytest.fixture
def inference(real_inference: Inside, monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Let the pages of this test ask the one real process."""
    monkeypatch.setattr(services, "inference", lambda: real_inference)
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
