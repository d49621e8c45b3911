"""A whole class goes to whoever has the address that the teacher was shown, once at a time, and leaves no file."""

import io
import zipfile
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.ui.classroom.watch import whole_class
from cnnlab.ui.classroom.watch.whole_class import LASTS, Grants, class_address, grants, send_class
from cnnlab.ui.session import services
from cnnlab.ui.session.visitor import owner_of
from tests.app.classroom.given_out import given_out
from tests.app.driving import sent

TEACHER = owner_of("the teacher's cookie")
BUSY = (409, b"This class is being sent already; try again when that has ended.")


@pytest.fixture
def exercise_id() -> str:
    return given_out()


def answered(address: str, method: str = "GET") -> Response:
    """Return the answer to a browser that has no cookie, as in a frame of another site."""
    *_, token, name = address.split("/")
    params = {"token": token, "name": name.removesuffix(".zip")}
    return send_class(Request({"type": "http", "method": method, "headers": [], "path_params": params}))


def fetched(address: str) -> tuple[int, bytes]:
    return sent(answered(address))


def test_the_teacher_gets_the_whole_class_and_nothing_stays_on_the_disk(
    home: Path, exercise_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_class, "BLOCK", 100)
    status, body = fetched(class_address(exercise_id, TEACHER, "one-kernel"))
    assert status == 200
    assert {"marks.csv", "answers.json"} <= set(zipfile.ZipFile(io.BytesIO(body)).namelist())
    assert list((home / "scratch").iterdir()) == []


def test_a_class_is_written_and_sent_once_at_a_time(exercise_id: str) -> None:
    address = class_address(exercise_id, TEACHER, "one-kernel")
    first = answered(address)
    assert fetched(address) == BUSY
    assert fetched(class_address(exercise_id, owner_of("another teacher's cookie"), "one-kernel"))[0] == 200
    assert sent(first)[0] == 200
    assert fetched(address)[0] == 200


def test_a_browser_that_left_does_not_keep_the_next_waiting(exercise_id: str) -> None:
    address = class_address(exercise_id, TEACHER, "one-kernel")
    with pytest.raises(ClientDisconnect):
        sent(answered(address), leaves=True)
    assert fetched(address)[0] == 200


def test_who_asks_only_what_there_is_lets_nothing_be_written(home: Path, exercise_id: str) -> None:
    address = class_address(exercise_id, TEACHER, "one-kernel")
    assert sent(answered(address, "HEAD")) == (200, b"")
    assert not (home / "scratch").exists()
    assert fetched(address)[0] == 200
    assert (home / "scratch").exists()


def test_a_full_disk_is_a_sentence_before_anything_is_written(
    home: Path, exercise_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNLAB_MAX_DISK_MB", "1")
    services.settings.clear()
    (home / "large").write_bytes(bytes(2 << 20))
    status, body = fetched(class_address(exercise_id, TEACHER, "one-kernel"))
    assert status == 507
    assert b"1 MB are allowed" in body
    assert not (home / "scratch").exists()


@pytest.mark.parametrize("last", ["0" * 32 + "/one-kernel.zip", "é/one-kernel.zip", "{token}/a%0d%0ab.zip"])
def test_a_made_up_address_is_refused(exercise_id: str, last: str) -> None:
    token = grants().grant(exercise_id, TEACHER)
    assert fetched(last.format(token=token))[0] == 404


def test_a_class_or_a_home_that_is_gone_is_a_sentence(exercise_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = class_address("no-such-exercise", TEACHER, "one-kernel")
    assert fetched(address)[0] == 404

    def broken(*_: object) -> None:
        raise ClassroomFault("The record is locked.")

    monkeypatch.setattr(services.classroom().export, "everything", broken)
    address = class_address(exercise_id, TEACHER, "one-kernel")
    for _ in range(2):
        assert fetched(address) == (404, b"The record is locked.")


def test_a_grant_lasts_an_hour_after_the_page_was_drawn_last() -> None:
    now = 0.0
    held = Grants(lambda: now)
    token = held.grant("kernel", "ann")
    now = LASTS - 1
    assert held.grant("kernel", "ann") == token
    now = 2 * LASTS - 2
    assert held.exercise_of(token) == "kernel"
    assert held.grant("kernel", "ben") != token
    now = 2 * LASTS
    assert held.exercise_of(token) is None
    assert held.grant("kernel", "ann") != token
