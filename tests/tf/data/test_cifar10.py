"""Keras' CIFAR-10 comes through Keras' own loader: a good file, a changed one, and no network at all."""

import gzip
import hashlib
import http.server
import io
import json
import pickle
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import keras
import keras.src.datasets.cifar10 as loader
import numpy as np
import pytest

from cnnlab.core.data.datasets import DataSetError, load
from cnnlab.core.data.library import Library
from cnnlab.core.settings import Settings
from cnnlab.processes.environment import child_environment
from cnnlab.tf.data import cifar10

PER_BATCH = 10_000
KNOWN = {3: 40, 5: 90}  # label: grey level of the few pictures that are kept


def batch(number: int) -> bytes:
    """Return one of the six files: mostly zeros of a class that is left out, four cats and three dogs."""
    data = np.zeros((PER_BATCH, 3072), np.uint8)
    labels = [0] * PER_BATCH
    for i, label in enumerate((3, 3, 3, 3, 5, 5, 5)):
        data[i] = KNOWN[label] + number
        labels[i] = label
    return pickle.dumps({b"data": data, b"labels": labels}, protocol=3)


@pytest.fixture(scope="module")
def archive() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for number, name in enumerate(
            ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]
        ):
            content = batch(number)
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return gzip.compress(out.getvalue(), 1)


@pytest.fixture(autouse=True)
def _talkative() -> Iterator[None]:
    """Let Keras print again after the test: the loader silences the whole process, which is its own in the product."""
    yield
    keras.config.enable_interactive_logging()


@pytest.fixture
def address(archive: bytes) -> Iterator[str]:
    """Serve the archive on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/cifar.tar.gz":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(archive)))
            self.end_headers()
            self.wfile.write(archive)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/cifar.tar.gz"
        server.shutdown()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home")


def send_to(origin: str, file_hash: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Keras' loader fetch from another place with another checksum, and change nothing else of it."""
    real = loader.get_file

    def get_file(**given: object) -> str:
        assert given["origin"] == f"https://{cifar10.HOST}/~kriz/cifar-10-python.tar.gz"
        return real(**given | {"origin": origin, "file_hash": file_hash, "cache_dir": str(settings.home / "keras")})

    monkeypatch.setattr(loader, "get_file", get_file)


def test_cats_and_dogs_are_taken_out_and_kept_as_a_data_set(
    address: str,
    archive: bytes,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    send_to(address, hashlib.sha256(archive).hexdigest(), settings, monkeypatch)
    monkeypatch.setattr(cifar10, "SECONDS_BETWEEN", 0.01)
    reference = cifar10.fetch(settings, lambda done, total: None)
    data = load(reference, Settings.max_pixels)
    assert data.classes == ("cats", "dogs")
    assert data.report.splits == {"train": {"cats": 20, "dogs": 15}, "validation": {"cats": 4, "dogs": 3}}
    assert data.train.image(0).shape == (32, 32, 3)
    assert (data.train.image(0) == KNOWN[3]).all()
    assert (data.validation.image(6) == KNOWN[5] + 5).all()
    (entry,) = Library(settings).entries()
    assert entry.name == cifar10.NAME
    assert not (settings.home / "keras").exists()
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any(str(line.get("what", "")).startswith("Fetching CIFAR-10") for line in said)
    assert cifar10.fetch(settings, lambda done, total: None) == reference


@pytest.mark.parametrize(
    ("path", "file_hash", "words"),
    [("/cifar.tar.gz", "0" * 64, "checksum"), ("/gone.tar.gz", "0" * 64, "could not be fetched")],
)
def test_a_changed_or_missing_file_is_refused_and_nothing_stays(
    path: str, file_hash: str, words: str, address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_to(address.replace("/cifar.tar.gz", path), file_hash, settings, monkeypatch)
    with pytest.raises(DataSetError) as caught:
        cifar10.fetch(settings, lambda done, total: None)
    assert words in str(caught.value)
    assert str(caught.value).count(". ") == 0
    assert [str(p) for p in settings.home.rglob("*") if p.is_file()] == []


@pytest.mark.slow
def test_without_a_network_the_process_says_so_in_one_sentence(settings: Settings) -> None:
    code = (
        "import keras.src.datasets.cifar10 as loader, cnnlab.tf.data.cifar10 as c\n"
        "real = loader.get_file\n"
        "loader.get_file = lambda **given: real(**given | {'origin': 'http://127.0.0.1:9/cifar.tar.gz'})\n"
        "raise SystemExit(c.main())\n"
    )
    env = child_environment(settings) | {"KERAS_HOME": str(settings.home / "keras")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120, check=True
    )
    last = json.loads(done.stdout.splitlines()[-1])
    assert "seems to be offline" in last["refused"]
    assert list((settings.home / "data").iterdir()) == []
