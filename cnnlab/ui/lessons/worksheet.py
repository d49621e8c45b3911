"""Send a lesson as a page to print: a worksheet, or the teacher's copy with the key."""

from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from cnnlab.core.lessons import LanguageError
from cnnlab.core.lessons.worksheet import exercises
from cnnlab.runs.judge.lesson_facts import run_facts
from cnnlab.runs.record import RECORDED
from cnnlab.runs.store.recorded import RecordedRun
from cnnlab.ui.lessons.course import offered_in
from cnnlab.ui.session.addresses import address
from cnnlab.viz.lessons.worksheet import worksheet_html

WORKSHEET, KEY = "worksheet", "key"
PATTERN = "lessons/{language}/{lesson}/{copy}.html"


def address_of(language: str, lesson: str, copy: str) -> str:
    """Return the address of a copy of a lesson as a page finds it."""
    return address("lessons", language, lesson, f"{copy}.html")


def send_worksheet(request: Request) -> Response:
    """Answer with a copy of a lesson; 404 if there is no such lesson or copy."""
    place = request.path_params
    lesson = offered_in(place["language"]).named(place["lesson"])
    if lesson is None or place["copy"] not in (WORKSHEET, KEY):
        return PlainTextResponse("There is no lesson of this name here.\n", 404)
    recorded = partial(run_facts, RecordedRun(), RECORDED, yours=False)
    try:
        page = worksheet_html(lesson, exercises(lesson, recorded), key=place["copy"] == KEY)
    except LanguageError as error:
        return PlainTextResponse(f"{error}\n", 422)
    return HTMLResponse(page)
