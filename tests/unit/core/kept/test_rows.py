"""A large array is a file of rows: read in parts, the same values, whole or not there at all."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.kept.rows import StoredRows, Write, rows_path, stored_rows

VALUES = np.random.default_rng(1).integers(0, 255, (23, 5, 4, 3), np.uint8)


def kept(folder: Path, key: str = "a", most: int = 3) -> StoredRows:
    def fill(write: Write) -> None:
        for first in range(0, 23, 4):
            write(first, VALUES[first : first + 4])

    return stored_rows(folder, key, VALUES.shape, np.uint8, fill, most)


def test_rows_are_chosen_as_an_array_chooses_them_also_in_another_order(tmp_path: Path) -> None:
    rows, chosen = kept(tmp_path), np.array([3, 0, 22, 3])
    assert (len(rows), rows.shape, rows.dtype) == (23, VALUES.shape, np.uint8)
    np.testing.assert_array_equal(rows[chosen], VALUES[chosen])
    np.testing.assert_array_equal(rows[5:9], VALUES[5:9])
    np.testing.assert_array_equal(rows.taken(chosen)[1:], VALUES[chosen][1:])
    np.testing.assert_array_equal(rows[7], VALUES[7])
    assert rows[:0].shape == (0, 5, 4, 3)
    np.testing.assert_array_equal(np.load(rows_path(tmp_path, "a")), VALUES)


def test_what_is_there_is_not_made_again_and_what_is_not_whole_is(tmp_path: Path) -> None:
    kept(tmp_path)

    def refuse(write: Write) -> None:
        raise AssertionError

    stored_rows(tmp_path, "a", VALUES.shape, np.uint8, refuse, 3)
    path = rows_path(tmp_path, "a")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AssertionError):
        stored_rows(tmp_path, "a", VALUES.shape, np.uint8, refuse, 3)
    np.testing.assert_array_equal(kept(tmp_path)[0:], VALUES)


def test_what_goes_wrong_leaves_nothing_and_the_oldest_go(tmp_path: Path) -> None:
    def fail(write: Write) -> None:
        write(0, VALUES[:1])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stored_rows(tmp_path, "bad", VALUES.shape, np.uint8, fail, 3)
    assert list(tmp_path.iterdir()) == []
    first = kept(tmp_path, "0")
    for key in "1234":
        kept(tmp_path, key)
    assert len(list(tmp_path.iterdir())) == 3
    np.testing.assert_array_equal(first[0:], VALUES, err_msg="an open file outlives its name")
