"""Archives that are streamed to the disk: what is taken, what is refused, and what a hostile page cannot do."""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from cnnlab.core.kept import disk
from cnnlab.processes.data import arrivals
from cnnlab.ui.data import large_upload
from cnnlab.ui.data.large_upload import receive
from cnnlab.ui.session import services
from cnnlab.ui.session.visitor import COOKIE
from tests.app.driving import keyed, mine, open_page, run_async, text_of, trigger, wait_for_data
from tests.app.material import data_zip

HOST = "testserver"
TOKEN = "a browser's secret"
OURS = {"origin": f"http://{HOST}", "cookie": f"{COOKIE}={TOKEN}"}
BLOCK = 65536


def post(
    content: bytes, headers: Mapping[str, str] = OURS, *, told: bool = True, broken: bool = False
) -> tuple[int, Any]:
    """Send a body in pieces, as a browser does; with `broken` the connection ends in the middle."""
    given = {"host": HOST, **headers} | ({"content-length": str(len(content))} if told else {})
    scope = {"type": "http", "method": "POST", "headers": [(k.encode(), v.encode()) for k, v in given.items()]}
    pieces = [content[i : i + BLOCK] for i in range(0, len(content), BLOCK)]
    last = {"type": "http.disconnect"} if broken else {"type": "http.request", "body": b"", "more_body": False}
    messages = iter([*({"type": "http.request", "body": piece, "more_body": True} for piece in pieces), last])

    async def from_browser() -> Any:
        return next(messages)

    answer = run_async(receive(Request(scope, from_browser)))
    return answer.status_code, json.loads(bytes(answer.body))


@pytest.fixture(autouse=True)
def _small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_MAX_ARCHIVE_MB", "1")


def kept(home: Path) -> list[Path]:
    return sorted((home / "data").glob(".upload-*"))


def test_an_archive_is_written_as_it_is(home: Path) -> None:
    content = os.urandom(300_000)
    status, answer = post(content)
    assert status == 200
    (file,) = kept(home)
    assert file.name == f".upload-{os.getpid()}-{answer['token']}"
    assert file.read_bytes() == content


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}, {"origin": "null"}])
def test_another_sites_page_cannot_send_one(headers: dict[str, str], home: Path) -> None:
    assert post(b"x", headers)[0] == 403
    assert kept(home) == []


@pytest.mark.parametrize("told", [True, False])
def test_one_over_the_limit_is_refused_whatever_its_header_says(told: bool, home: Path) -> None:
    status, answer = post(bytes((1 << 20) + 1), told=told)
    assert status == 413
    assert "larger than 1 MB" in answer["refused"]
    assert kept(home) == []


def test_one_without_a_visitor_is_not_taken(home: Path) -> None:
    assert post(b"x", {"origin": OURS["origin"]})[0] == 403
    assert kept(home) == []


def test_somebody_elses_archive_is_not_given_out_and_goes_when_nobody_asks(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = post(data_zip())[1]["token"]
    other = trigger(open_page("data"), "large_upload_input", "uploaded", {"token": token, "name": "a.zip"})
    assert mine(other).data.job == ""
    assert len(kept(home)) == 1
    monkeypatch.setattr(arrivals, "CLAIM_SECONDS", 0.0)
    services.arrivals().forget_unclaimed()
    assert kept(home) == []


def test_a_visitor_sends_only_so_many_at_once_and_a_network_address_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "MOST_OF_ADDRESS", 3)
    assert [post(b"x")[0] for _ in range(20)] == [200] * 2 + [429] * 18
    others = [post(b"x", {**OURS, "cookie": f"{COOKIE}={i}"}) for i in range(5)]
    assert [status for status, _ in others] == [200] + [429] * 4
    assert "Too many archives" in others[-1][1]["refused"]
    assert len(kept(home)) == 3


def test_one_that_arrives_too_slowly_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_upload, "PATIENCE", -1.0)
    status, answer = post(b"x" * 1000)
    assert status == 413
    assert "too slowly" in answer["refused"]
    assert kept(home) == []


@pytest.mark.parametrize("told", [True, False])
def test_a_full_home_takes_no_archive(told: bool, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_MAX_DISK_MB", "1")
    monkeypatch.setattr(disk, "STEP", 1 << 16)
    monkeypatch.setattr(large_upload, "STEP", 1 << 16)
    (home / "models").mkdir()
    (home / "models" / "large.keras").write_bytes(bytes(900_000))
    status, answer = post(bytes(500_000), told=told)
    assert status in (413, 507)
    assert "1 MB are allowed; delete old ones" in answer["refused"]
    assert kept(home) == []


def test_one_whose_connection_breaks_leaves_nothing(home: Path) -> None:
    assert post(bytes(200_000), broken=True)[0] == 507
    assert kept(home) == []


@pytest.mark.parametrize("sent", [None, "x", {}, {"token": "../../etc/passwd"}, {"token": "0" * 32, "name": "a.zip"}])
def test_a_token_that_was_never_given_starts_nothing(sent: object) -> None:
    app = trigger(open_page("data"), "large_upload_input", "uploaded", sent)
    assert not app.exception
    assert mine(app).data.job == ""


def test_an_archive_that_has_arrived_becomes_the_current_set() -> None:
    app = open_page("data", visitor_token=TOKEN)
    token = post(data_zip())[1]["token"]
    trigger(app, "large_upload_input", "uploaded", {"token": token, "name": "pets.zip"})
    assert not app.exception
    wait_for_data(app)
    assert "pets (uploaded)" in app.radio(key="data_choice").options
    assert mine(app).data.reference == app.radio(key="data_choice").value != "silhouettes"


def test_a_large_archive_may_be_called_anything() -> None:
    app = open_page("data", visitor_token=TOKEN)
    token = post(data_zip())[1]["token"]
    wait_for_data(
        trigger(app, "large_upload_input", "uploaded", {"token": token, "name": "a\0b\ud800" + "c" * 10_000 + ".zip"})
    )
    assert not app.exception
    assert not app.error
    assert mine(app).data.reference != "silhouettes"


def test_a_large_archive_that_is_refused_gets_its_sentence_and_a_tree(home: Path) -> None:
    app = open_page("data", visitor_token=TOKEN)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/b/c/1.png", b"x")
        archive.writestr("d/e/f/1.png", b"x")
    token = post(out.getvalue())[1]["token"]
    trigger(app, "large_upload_input", "uploaded", {"token": token, "name": "odd.zip"})
    wait_for_data(app)
    assert "further folders" in app.error[0].value
    assert "      c/" in app.code[0].value
    assert "1,600" in text_of(keyed(app, "data_counts"))
    assert [path for path in (home / "data").iterdir() if path.name.startswith(".")] == []


def test_a_folder_is_read_beside_the_page_and_known_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    zipfile.ZipFile(io.BytesIO(data_zip())).extractall(root / "pets")
    monkeypatch.setenv("CNNLAB_DATA_ROOT", str(root))
    monkeypatch.setattr("cnnlab.ui.data.work.QUICK_SECONDS", 0)
    app = open_page("data")
    app.text_input(key="data_folder").set_value("pets").run()
    job = services.jobs().get(mine(app).data.job)
    assert mine(app).data.reference == "silhouettes"
    assert job.wait(60).reference == str(root / "pets")
    app.run()
    assert mine(app).data.reference == str(root / "pets")
    again = open_page("data")
    again.text_input(key="data_folder").set_value("pets").run()
    assert mine(again).data.job == ""
    assert mine(again).data.reference == str(root / "pets")
