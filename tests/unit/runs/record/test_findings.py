from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.training.answers import Answers
from cnnlab.runs.record.findings import (
    FOLLOWED,
    MOST_VALUES,
    Frame,
    compact,
    frame_path,
    frames,
    read_answers,
    read_followed,
    read_frame,
    write_answers,
    write_frame,
)


def test_answers_survive_the_file(tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    assert read_answers(path) is None
    answers = Answers(("a", "b"), np.array([0, 1]), np.array([[0.25], [1 / 3]]), ("x", "y"))
    write_answers(path, answers)
    again = read_answers(path)
    assert again is not None
    assert again.outputs.tolist() == answers.outputs.tolist()
    assert (again.classes, again.names, again.labels.tolist()) == (("a", "b"), ("x", "y"), [0, 1])
    path.write_text('{"classes"')
    assert read_answers(path) is None


def test_a_frame_keeps_maps_to_half_a_step_and_says_how_many_there_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(100, 100, 20)).astype(np.float32)
    small, limit = compact(maps)
    assert small.shape == (100, 100, MOST_VALUES // 10_000)
    kernel = rng.normal(size=(3, 3, 3, 4)).astype(np.float32)
    write_frame(tmp_path, Frame(2, 0, {4: small}, {4: limit}, {4: 20}, kernel, np.array([0.5], np.float32)))
    frame = read_frame(frame_path(tmp_path, 2, 0))
    np.testing.assert_allclose(frame.values(4), maps[:, :, :15], atol=limit / 127 / 2 * 1.001)
    np.testing.assert_array_equal(frame.kernel, kernel)
    assert (frame.channels, frame.output.tolist()) == ({4: 20}, [0.5])


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_maps_without_a_scale_are_drawn_as_zero(value: float) -> None:
    small, limit = compact(np.full((2, 2, 1), value, np.float32))
    assert (small.tolist(), limit) == ([[[0], [0]], [[0], [0]]], 0.0)


def test_moments_come_in_the_order_in_which_they_were(tmp_path: Path) -> None:
    for epoch, batch in ((1, 0), (0, 0), (1, 10), (1, 1), (2, 0)):
        write_frame(tmp_path, Frame(epoch, batch, {}, {}, {}, None, np.zeros(1, np.float32)))
    (tmp_path / "notes.txt").touch()
    assert frames(tmp_path) == [(0, 0), (1, 1), (1, 10), (1, 0), (2, 0)]
    assert frames(tmp_path / "nowhere") == []


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"not an array", np.zeros((8, 9, 3)).tobytes()])
def test_a_damaged_followed_picture_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FOLLOWED).write_bytes(content)
    assert read_followed(tmp_path, (8, 8, 3)) is None


def test_a_followed_picture_of_another_size_or_kind_is_none(tmp_path: Path) -> None:
    assert read_followed(tmp_path, (8, 8, 3)) is None
    picture = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    np.save(tmp_path / FOLLOWED, picture)
    assert np.array_equal(read_followed(tmp_path, (8, 8, 3)), picture)
    assert read_followed(tmp_path, (8, 4, 3)) is None
    np.save(tmp_path / FOLLOWED, picture.astype(np.float32))
    assert read_followed(tmp_path, (8, 8, 3)) is None
