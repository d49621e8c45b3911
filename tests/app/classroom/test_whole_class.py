"""A whole class goes to the browser of the teacher who was shown it, and to no other, and leaves no file behind."""

import io
import zipfile
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from cnnlab.classroom.store.faults import ClassroomFault
from cnnlab.ui.classroom.watch import whole_class
from cnnlab.ui.classroom.watch.whole_class import LASTS, Grants, class_address, grants, send_class
from cnnlab.ui.session import services
from cnnlab.ui.session.visitor import COOKIE, owner_of
from tests.app.classroom.given_out import given_out
from tests.app.driving import run_async

TEACHER, STUDENT = "the teacher's cookie", "a student's cookie"


@pytest.fixture
def exercise_id() -> str:
    return given_out()


def fetched(address: str, cookie: str) -> tuple[int, bytes]:
    """Return the status and the body that a browser gets at an address."""
    *_, token, name = address.split("/")
    params = {"token": token, "name": name.removesuffix(".zip")}
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else []
    response = send_class(Request({"type": "http", "method": "GET", "headers": headers, "path_params": params}))
    if not isinstance(response, StreamingResponse):
        return response.status_code, bytes(response.body)

    async def read() -> bytes:
        return b"".join([bytes(block) async for block in response.body_iterator])

    body = run_async(read())
    assert response.headers["content-length"] == str(len(body))
    return response.status_code, body


def test_the_teacher_gets_the_whole_class_and_nothing_stays_on_the_disk(
    home: Path, exercise_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_class, "BLOCK", 100)
    status, body = fetched(class_address(exercise_id, owner_of(TEACHER), "one-kernel"), TEACHER)
    assert status == 200
    assert {"marks.csv", "answers.json"} <= set(zipfile.ZipFile(io.BytesIO(body)).namelist())
    assert list((home / "scratch").iterdir()) == []


@pytest.mark.parametrize("cookie", [STUDENT, ""])
def test_the_address_is_worth_nothing_in_another_browser(exercise_id: str, cookie: str) -> None:
    status, body = fetched(class_address(exercise_id, owner_of(TEACHER), "one-kernel"), cookie)
    assert (status, body) == (404, b"This link is of another browser or too old; open the exercise again.")


@pytest.mark.parametrize("last", ["0" * 32 + "/one-kernel.zip", "é/one-kernel.zip", "{token}/a%0d%0ab.zip"])
def test_a_made_up_address_is_refused(exercise_id: str, last: str) -> None:
    token = grants().grant(exercise_id, owner_of(TEACHER))
    assert fetched(last.format(token=token), TEACHER)[0] == 404


def test_a_class_or_a_home_that_is_gone_is_a_sentence(exercise_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = class_address("no-such-exercise", owner_of(TEACHER), "one-kernel")
    assert fetched(address, TEACHER)[0] == 404

    def broken(*_: object) -> None:
        raise ClassroomFault("The record is locked.")

    monkeypatch.setattr(services.classroom().export, "everything", broken)
    address = class_address(exercise_id, owner_of(TEACHER), "one-kernel")
    assert fetched(address, TEACHER) == (404, b"The record is locked.")


def test_a_grant_lasts_an_hour_after_the_page_was_drawn_last() -> None:
    now = 0.0
    held = Grants(lambda: now)
    token = held.grant("kernel", "ann")
    now = LASTS - 1
    assert held.grant("kernel", "ann") == token
    now = 2 * LASTS - 2
    assert held.exercise_of(token, "ann") == "kernel"
    assert held.exercise_of(token, "ben") is None
    now = 2 * LASTS
    assert held.exercise_of(token, "ann") is None
    assert held.grant("kernel", "ann") != token
