"""The model and the folder of a run come from the disk, by an address that anybody may ask for."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from cnnlab.runs.record import RECORDED
from cnnlab.runs.store import Store
from cnnlab.runs.store.taken_along import PIECE, zipped
from tests.app.driving import file_of_run, html_of, open_page
from tests.app.run.test_training import finished


def test_the_page_leads_to_them(store: Store) -> None:
    run_id = finished(store)
    said = html_of(open_page("training"))
    for ending in (".keras", ".zip"):
        assert f'href="cnnlab/runs/{run_id}/files/{run_id}{ending}"' in said


def test_the_model_arrives_as_it_is(store: Store) -> None:
    run_id = finished(store)
    assert file_of_run(run_id, ".keras") == (200, store.model_path(run_id).read_bytes())


def test_the_zip_holds_every_file_as_it_is(store: Store) -> None:
    run_id = finished(store)
    (store.folder(run_id) / "large").write_bytes(large := bytes(range(256)) * 10_000)
    (store.folder(run_id) / "empty").touch()
    status, content = file_of_run(run_id, ".zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.read(f"{run_id}/large") == large
        assert archive.read(f"{run_id}/empty") == b""
        assert archive.read(f"{run_id}/metrics.jsonl") == (store.folder(run_id) / "metrics.jsonl").read_bytes()
    assert status == 200


def test_a_large_model_is_never_in_memory_as_a_whole(store: Store) -> None:
    run_id = finished(store)
    with store.model_path(run_id).open("wb") as file:
        file.truncate(20 * PIECE)
    tracemalloc.start()
    try:
        assert sum(map(len, zipped(store.folder(run_id)))) > 20 * PIECE
        assert tracemalloc.get_traced_memory()[1] < 6 * PIECE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "asked",
    [
        lambda run_id: (run_id, ".json"),
        lambda run_id: (f"../{run_id}", ".zip"),
        lambda run_id: ("20200101-000000-0000", ".zip"),
        lambda run_id: (RECORDED, ".keras"),
        lambda run_id: ("", ".zip"),
        lambda run_id: (run_id, ".zip\r\nSet-Cookie: a=b"),
    ],
)
def test_whatever_else_is_asked_for_is_not_there(store: Store, asked: Callable[[str], tuple[str, str]]) -> None:
    assert file_of_run(*asked(finished(store)))[0] == 404


def test_a_home_that_cannot_be_used_is_a_sentence(store: Store) -> None:
    run_id = finished(store)
    store.model_path(run_id).unlink()
    assert file_of_run(run_id, ".keras") == (404, b"This run has no such file any more; open its page again.")
