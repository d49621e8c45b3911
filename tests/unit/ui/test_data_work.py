"""Large data sets are read in a process of their own: with progress, on demand no further, and never twice."""

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.core.data.datasets import load
from cnnlab.core.data.library import Library
from cnnlab.core.data.survey import reading as reading
from cnnlab.core.data.survey.cache import KEPT, recall, state_of
from cnnlab.core.settings import Settings
from cnnlab.processes.data.jobs import Job, Jobs
from cnnlab.processes.environment import child_environment, data_command
from tests.unit.core.data.test_datasets import LIMIT, POST, make, picture
from tests.unit.core.data.test_library import zipped


@pytest.fixture
def post(tmp_path: Path) -> Path:
    return make(tmp_path / "pets", POST)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "surveys"


@pytest.fixture
def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a picture was read again")

    monkeypatch.setattr(reading, "decode", refuse)


def test_what_was_read_once_is_not_read_again(post: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (post / "train/cats/broken.png").write_bytes(b"broken")
    first = load(post, LIMIT, tally=True, cache=cache)
    monkeypatch.setattr(reading, "decode", None)
    again = load(post, LIMIT, tally=True, cache=cache)
    assert again.fingerprint == first.fingerprint
    assert again.report == first.report
    assert [skip.file for skip in again.report.skipped] == ["train/cats/broken.png"]
    for key, made in first.tallies.items():
        np.testing.assert_array_equal(made.mean(), again.tallies[key].mean())
        np.testing.assert_array_equal(made.histogram(), again.tallies[key].histogram())
    few = load(post, LIMIT, limit_per_class=2, seed=3, cache=cache)
    assert len(few.train) == 4


def test_a_limited_choice_is_the_same_with_and_without_memory(post: Path, cache: Path) -> None:
    without = load(post, LIMIT, limit_per_class=2, seed=5)
    load(post, LIMIT, tally=True, cache=cache)
    assert load(post, LIMIT, limit_per_class=2, seed=5, cache=cache).fingerprint == without.fingerprint


@pytest.mark.parametrize("change", ["content", "new", "gone", "renamed", "limit"])
def test_any_change_of_the_files_is_noticed(change: str, post: Path, cache: Path) -> None:
    before = load(post, LIMIT, tally=True, cache=cache)
    file = post / "train/cats/000.png"
    if change == "content":
        picture(file, 999)
        os.utime(file, ns=(1, 1))
    elif change == "new":
        picture(post / "train/cats/new.png", 998)
    elif change == "gone":
        file.unlink()
    elif change == "renamed":
        file.rename(file.with_name("zzz.png"))
    max_pixels = 10 if change == "limit" else LIMIT
    assert recall(cache, state_of(post, max_pixels)[0]) is None
    if change not in ("limit", "renamed"):
        assert load(post, LIMIT, tally=True, cache=cache).fingerprint != before.fingerprint


def test_a_torn_memory_is_read_over(post: Path, cache: Path) -> None:
    first = load(post, LIMIT, tally=True, cache=cache)
    (file,) = cache.glob("*.npz")
    file.write_bytes(file.read_bytes()[:100])
    assert load(post, LIMIT, tally=True, cache=cache).fingerprint == first.fingerprint


def test_only_so_many_folders_are_remembered(tmp_path: Path, cache: Path) -> None:
    cache.mkdir()
    for i in range(KEPT + 3):
        (cache / f"{i}.npz").write_bytes(b"")
    load(make(tmp_path / "one", POST), LIMIT, tally=True, cache=cache)
    assert len(list(cache.glob("*.npz"))) == KEPT


def test_progress_counts_every_file_once(post: Path) -> None:
    told: list[tuple[int, int]] = []
    load(post, LIMIT, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(i, 16) for i in range(1, 17)]


def test_what_progress_raises_ends_the_reading_at_once(tmp_path: Path) -> None:
    root = make(tmp_path / "many", {"cats": 200, "dogs": 200})

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(root, LIMIT, on_progress=stop)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home")


def run(settings: Settings, *arguments: str) -> list[dict[str, object]]:
    done = subprocess.run(
        data_command(*arguments),
        env=child_environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_job_reads_a_folder_and_leaves_what_the_page_needs(post: Path, settings: Settings, no_decoding: None) -> None:
    said = run(settings, "check", str(post))
    assert said[-1] == {"reference": str(post)}
    assert said[-2] == {"done": 16, "total": 16}
    data = load(str(post), Settings.max_pixels, tally=True, cache=settings.surveys)
    assert data.tallies["train", "cats"].count == 6


def test_a_job_adds_an_upload_and_takes_the_file_away(settings: Settings, tmp_path: Path, no_decoding: None) -> None:
    file = tmp_path / "upload"
    names = [
        f"{split}/{name}/{i}.png" for split in ("train", "validation") for name in ("cats", "dogs") for i in (1, 2)
    ]
    file.write_bytes(zipped(names).getvalue())
    said = run(settings, "add", str(file), "my pets.zip", "me")
    (entry,) = Library(settings).entries()
    assert said[-1] == {"reference": entry.reference}
    assert entry.name == "my pets"
    assert not file.exists()
    load(entry.reference, Settings.max_pixels, tally=True, cache=settings.surveys)


def test_a_job_refuses_in_one_sentence_with_the_folders_it_found(settings: Settings, tmp_path: Path) -> None:
    root = make(tmp_path / "odd", {"a/b/c": 1, "d/e/f": 1})
    (told,) = run(settings, "check", str(root))
    assert "further folders" in str(told["refused"])
    assert str(told["tree"]).startswith("odd/")


@pytest.fixture
def slow(settings: Settings, tmp_path: Path) -> Iterator[tuple[Job, Path]]:
    """Start unpacking and reading an archive of large pictures, enough for some seconds."""
    picture = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (1200, 1200, 3), np.uint8)).save(picture, "PNG")
    file = settings.home / "data" / ".upload-1"
    file.parent.mkdir(parents=True)
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("cats", "dogs"):
            for i in range(40):
                archive.writestr(f"{name}/{i}.png", picture.getvalue())
    job = Job(data_command("add", str(file), "slow.zip", "me"), child_environment(settings))
    job.start()
    yield job, file
    job.cancel()
    job.wait(20)


def test_a_cancelled_job_ends_soon_and_leaves_nothing_behind(slow: tuple[Job, Path], settings: Settings) -> None:
    job, _ = slow
    deadline = time.monotonic() + 30
    while not job.state.total and time.monotonic() < deadline:
        time.sleep(0.02)
    assert 0 < job.state.done < job.state.total == 80
    job.cancel()
    ended = job.wait(10)
    assert (ended.running, ended.refused, ended.reference) == (False, "Stopped.", "")
    assert list((settings.home / "data").iterdir()) == []


def test_a_process_that_dies_gets_a_sentence() -> None:
    job = Job([sys.executable, "-c", "import os; print('no json'); os._exit(9)"], dict(os.environ))
    job.start()
    assert "ended unexpectedly" in job.wait(20).refused


def test_two_who_ask_for_the_same_share_one_process() -> None:
    held = Jobs()
    sleeping = [sys.executable, "-c", "import time; time.sleep(30)"]
    first = held.start("a", sleeping, dict(os.environ))
    assert held.start("a", sleeping, dict(os.environ)) is first
    held.close()
    assert not first.wait(10).running
    assert held.get("b") is None
