"""One press fetches, checks, unpacks and reads, and says how far it is; nothing of an altered file stays."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from hashlib import md5
from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.data.datasets import DataSetError, load, read_nothing
from cnnlab.core.data.library import Library
from cnnlab.core.data.offers.files import AlteredError, arriving, fetched
from cnnlab.core.data.offers.offer import Hash, Offer
from cnnlab.core.data.offers.table import VGG16
from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import read_at
from cnnlab.processes.data import data_job, fetch_job, weight_file
from cnnlab.processes.data.asking import FetchError
from cnnlab.processes.data.fetch_job import arrive, fetch
from cnnlab.processes.environment import child_environment, fetch_command
from cnnlab.processes.marks import lock
from tests.served import Served, fetching, kaggle, offer_at, pets, serving, vgg16_file

CONTENT = kaggle()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(fetch_job, "limit_memory", lambda _: None)
    monkeypatch.setattr(fetch_job, "confine_to", lambda *_: None)
    monkeypatch.setattr(fetch_job, "limit_time", lambda: None)
    return Settings(tmp_path / "home")


@pytest.fixture
def served() -> Served:
    return Served(CONTENT)


@pytest.fixture
def offer(served: Served) -> Iterator[Offer]:
    with serving(served) as address:
        yield offer_at(address, CONTENT)


def files_of(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if path.is_file() and not path.name.endswith((".lock", ".log"))]


def test_a_fetched_archive_is_a_read_set_and_its_file_is_gone(
    offer: Offer, served: Served, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = fetch(offer, settings, plain_loopback=True)
    data = load(reference, settings.max_pixels, tally=True, cache=settings.surveys, reading=read_nothing)
    assert data.classes == ("Cat", "Dog")
    assert not arriving(settings.home, offer).exists()
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stages = [line["what"] for line in said if "what" in line]
    assert stages == ["Fetching", "Checking", "Unpacking", "", ""]
    assert {"done": len(CONTENT), "total": len(CONTENT)} in said
    assert fetch(offer, settings, plain_loopback=True) == reference
    assert served.asked == [""], "what is here is not fetched again"


def test_two_web_processes_do_not_fetch_the_same_at_once(offer: Offer, served: Served, settings: Settings) -> None:
    part = arriving(settings.home, offer)
    held = lock(part.with_name(f"{part.name}.lock"))
    assert held is not None
    with held, pytest.raises(FetchError, match="is being fetched already"):
        fetch(offer, settings, plain_loopback=True)
    assert served.asked == []
    fetch(offer, settings, plain_loopback=True)
    assert served.asked == [""]


def test_an_altered_file_is_thrown_away(offer: Offer, served: Served, settings: Settings) -> None:
    served.content = CONTENT[:-1] + b"!"
    with pytest.raises(AlteredError, match="not the file that was offered"):
        fetch(offer, settings, plain_loopback=True)
    assert files_of(settings.home) == []


def test_a_file_that_only_its_pictures_give_away_is_thrown_away(offer: Offer, settings: Settings) -> None:
    with pytest.raises(AlteredError, match="holds 14 whole pictures where 15 are expected"):
        fetch(replace(offer, hash=None, pictures=15), settings, plain_loopback=True)
    assert files_of(settings.home) == []


def test_a_file_that_somebody_put_there_is_checked_and_nobody_asked(
    offer: Offer, served: Served, settings: Settings
) -> None:
    part = arriving(settings.home, offer)
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    fetch(offer, settings)
    assert served.asked == []
    assert not part.exists()


def test_the_disk_is_asked_before_the_site(offer: Offer, served: Served, settings: Settings) -> None:
    large = replace(offer, size=30 << 20)
    with pytest.raises(FetchError, match="this takes 60 MB more, and 50 MB are allowed"):
        arrive(large, replace(settings, max_disk_mb=50), plain_loopback=True)
    with pytest.raises(FetchError, match="make room first"):
        arrive(replace(offer, size=1 << 60), replace(settings, max_disk_mb=1 << 50), plain_loopback=True)
    assert served.asked == []


def served_weights(address: str, content: bytes) -> Offer:
    named = Hash("md5", md5(content).hexdigest(), "Keras")
    return replace(VGG16, address=address, size=len(content), hash=named)


def test_weights_are_kept_as_arrays_and_their_file_goes(
    served: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = ((3, 3, 3, 4), (4,), (3, 3, 4, 2), (2,))
    monkeypatch.setattr(weight_file, "weight_shapes", lambda: shapes)
    drawn = np.random.default_rng(0)
    weights = [drawn.random(shape, np.float32) for shape in shapes]
    served.content = vgg16_file(weights)
    with serving(served) as address:
        offer = served_weights(address, served.content)
        name = fetch(offer, settings, plain_loopback=True)
        assert fetch(offer, settings, plain_loopback=True) == name
    path = fetched(settings.home, offer)
    assert path is not None
    told, kept = read_at(path)
    assert told == {"weights": VGG16.key}
    for ours, theirs in zip(kept, weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert path.name == name == f"md5-{md5(served.content).hexdigest()}.npz"
    assert files_of(settings.home) == [name]
    assert served.asked == [""]


@pytest.mark.parametrize("wrong", ["no file of weights", "another shape", "one too few", "one too many", "no number"])
def test_a_file_that_holds_other_weights_is_one_sentence(
    wrong: str, served: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = ((3, 3, 3, 4), (4,))
    monkeypatch.setattr(weight_file, "weight_shapes", lambda: shapes)
    arrays = {
        "another shape": [np.zeros((3, 3, 3, 5)), np.zeros(4)],
        "one too few": [np.zeros((3, 3, 3, 4))],
        "one too many": [np.zeros((3, 3, 3, 4)), np.zeros(4), np.zeros(4)],
        "no number": [np.zeros((3, 3, 3, 4)), np.full(4, np.nan)],
    }
    served.content = vgg16_file(arrays[wrong]) if wrong in arrays else b"no HDF5"
    with (
        serving(served) as address,
        pytest.raises(DataSetError, match="does not hold the weights of VGG16") as caught,
    ):
        fetch(served_weights(address, served.content), settings, plain_loopback=True)
    assert str(caught.value).count(". ") == 0
    assert not [name for name in files_of(settings.home) if name.endswith(".npz")]


def test_an_upload_that_is_what_is_offered_becomes_the_same_set(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pets()
    offer = offer_at("https://example.org/images.tar.gz", content, fetch_job.OFFERS["oxford_pets"].contents)
    monkeypatch.setattr("cnnlab.core.data.offers.table.PHOTOGRAPHS", (offer,))
    file = tmp_path / "images.tar.gz"
    file.write_bytes(content)
    library = Library(settings)
    reference = data_job._add(file, "whatever", "me", library, data_job.Teller())
    entry = library.of_offer(offer.key)
    assert entry is not None
    assert (entry.reference, entry.owners, entry.shared) == (reference, ("me",), False)
    assert entry.report["classes"] == ["cats", "dogs"]
    assert not file.exists()
    fetch(offer, settings)
    assert [entry.shared for entry in library.entries()] == [True], "somebody asked for it to be fetched"


def test_the_process_knows_only_what_is_offered(settings: Settings) -> None:
    done = subprocess.run(fetch_command("passwd"), env=child_environment(settings), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_cancelled_process_leaves_what_arrived_and_the_next_goes_on(
    offer: Offer, served: Served, settings: Settings
) -> None:
    served.stalls = 2000
    env = {**os.environ, **child_environment(settings)}
    part = arriving(settings.home, offer)
    with subprocess.Popen(fetching(offer), env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["what"] == "Fetching"
        while process.poll() is None and not (part.exists() and part.stat().st_size):
            process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 1
    assert 0 < part.stat().st_size < len(CONTENT)
    have = part.stat().st_size
    served.stalls = None
    done = subprocess.run(fetching(offer), env=env, capture_output=True, check=True, timeout=60)
    last = json.loads(done.stdout.splitlines()[-1])
    assert last == {"reference": Library(settings).entries()[0].reference}
    assert served.asked == ["", f"bytes={have}-"]


@pytest.mark.slow
def test_an_archive_of_25000_pictures_arrives_over_a_broken_line_and_is_read(settings: Settings) -> None:
    served = Served(kaggle(12_499), breaks=[3 << 20, 5 << 20])
    with serving(served) as address:
        offer = offer_at(address, served.content)
        env = child_environment(settings)
        done = subprocess.run(fetching(offer), env=env, capture_output=True, check=True, timeout=900)
    (entry,) = Library(settings).entries()
    assert json.loads(done.stdout.splitlines()[-1]) == {"reference": entry.reference}
    assert len(served.asked) == 3
    assert sum(sum(split.values()) for split in entry.report["splits"].values()) == 2 * 12_499 - 2
    assert {"PetImages/Cat/666.jpg", "PetImages/Dog/11702.jpg"} == {
        skip["file"] for skip in entry.report["skipped"] if skip["file"].endswith(".jpg")
    }
