"""Worksheets over their own address: both copies of every lesson, and nothing for an address that names none."""

import json
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from cnnlab.ui.app.routes import routes
from cnnlab.ui.session import services
from tests.app.driving import keyed, open_page

KEY = "/cnnlab/lessons/en/03-one-kernel/key.html"


def get(path: str) -> Response:
    """Return what our own routes answer to a request."""
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "path_params": {}}
    for route in routes():
        match, found = route.matches(scope)
        if match is Match.FULL:
            answer = found["endpoint"](Request(scope | found))
            assert isinstance(answer, Response)
            return answer
    return Response(status_code=404, media_type="text/plain")


def test_every_card_of_the_path_leads_to_both_copies() -> None:
    lessons = json.loads(keyed(open_page("lessons"), "lesson_path").proto.json)[0]["lessons"]
    assert len(lessons) == 13
    for lesson in lessons[1:4]:
        for copy, said in (("worksheet", "Name"), ("key", "Answer:")):
            answer = get(f"/{lesson[copy]}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/html")
            assert said in answer.body.decode()
            assert lesson["title"] in answer.body.decode()


def test_the_last_lessons_have_the_numbers_of_the_run_that_ships() -> None:
    key = get("/cnnlab/lessons/en/10-train-it/key.html").body.decode()
    assert "400" in key
    assert "After ____" not in key


@pytest.mark.parametrize(
    "place",
    ["en/nothing/key", "en/03-one-kernel/other", "en/..%2F..%2Fetc/key", "en/%3Cimg%3E/key", f"en/{'x' * 3000}/key"],
)
def test_an_address_that_names_no_copy_is_answered_with_one_sentence(place: str) -> None:
    answer = get(f"/cnnlab/lessons/{place}.html")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("language", ["xx", "<b>", "e" * 3000])
def test_another_language_is_english(language: str) -> None:
    assert get(f"/cnnlab/lessons/{language}/03-one-kernel/key.html").body == get(KEY).body


def test_a_teachers_lesson_has_a_sheet_and_its_words_are_no_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '+++\ntitle = "<i>Mine"\nminutes = 3\n+++\n## A\n```{go}\npage = "data"\n```\n'
    (tmp_path / "98-mine.md").write_text(text, "utf-8")
    monkeypatch.setenv("CNNLAB_LESSONS", str(tmp_path))
    services.settings.clear()
    answer = get("/cnnlab/lessons/en/98-mine/worksheet.html")
    assert "&lt;i&gt;Mine" in answer.body.decode()
    assert "<i>" not in answer.body.decode()
