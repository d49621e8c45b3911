"""A class of thirty at work: three real browsers, the rest sessions; the server is killed meanwhile, and all counts."""

import asyncio
import csv
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnlab.classroom.classroom import Classroom
from cnnlab.core.classroom.reading import read_exercise
from tests.app.driving import run_async
from tests.browser.conftest import KEY, Visit
from tests.browser.support.protocol import Session
from tests.browser.support.serving import Deadline, Server
from tests.browser.support.watching import Watched
from tests.unit.classroom.exercise_files import HOW_WIDE

SECONDS = 500
SESSIONS = 28  # beside them two students in browsers; the third browser is the teacher's
FIRST = ("150", "150", "147", "148", "1480")
SECOND = ("148", "148", "148", "150", "147")


def all_at_once(work: Callable[[int], Coroutine[Any, Any, Any]], count: int = SESSIONS) -> list[Any]:
    """Let every session do the same at once, and return what each returned."""

    async def play() -> list[Any]:
        return await asyncio.gather(*map(work, range(count)))

    found: list[Any] = run_async(play())
    return found


def session(server: Server, link: str, place: int) -> Session:
    return Session(server.url(), f"the-secret-of-browser-{place}", f"x={link}")


async def begun(server: Server, link: str, place: int) -> None:
    one = await session(server, link, place).open()
    await one.fill_in("Your name", name_of(place), "Begin")
    await one.press("To the first step")
    await one.close()


async def answered(server: Server, link: str, place: int, given: str) -> None:
    """Come back, as after a closed laptop, and answer."""
    one = await session(server, link, place).open()
    await one.press(f"Go on as {name_of(place)}")
    await one.fill_in("Your answer", given, "Answer")
    await one.close()


async def handed_in(server: Server, link: str, place: int) -> None:
    one = await session(server, link, place).open()
    await one.press(f"Go on as {name_of(place)}")
    await one.press("Validate")
    await one.press("Hand in")
    assert "Handed in once" in one.text
    await one.close()


def name_of(place: int) -> str:
    return f"Student {place:02} Class"


def begin_in_browser(visitor: Watched, link: str, name: str) -> None:
    page = visitor.open(f"?x={link}", "How wide?")
    page.get_by_label("Your name").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="To the first step").click()
    expect(visitor.keyed("lesson_dock")).to_contain_text("How wide are the maps?")


def answer_in_browser(visitor: Watched, given: str) -> None:
    dock = visitor.keyed("lesson_dock")
    dock.get_by_label("Your answer").fill(given)
    dock.get_by_role("button", name="Answer").click()
    expect(dock).to_contain_text(f"Your answer: {given}")


def open_results(visitor: Watched) -> None:
    """Unlock the page of exercises, and open what came back of the only one."""
    visitor.open("exercises", "Exercises")
    unlock_results(visitor)


def unlock_results(visitor: Watched) -> None:
    """Open what came back of the only exercise, on the page of exercises as it opens."""
    page = visitor.page
    page.get_by_label("The teacher's key").fill(KEY)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Give out", exact=True).click()
    page.get_by_text("What came back", exact=True).click()
    expect(page.locator("table.class")).to_be_visible()


@pytest.mark.slow
def test_a_class_of_thirty_works_is_asked_follows_and_counts(with_key: Server, visit: Visit, tmp_path: Path) -> None:
    with Deadline(SECONDS), closing(Classroom(with_key.home, 400)) as room:
        exercise_id = room.exercises.add(read_exercise("how-wide.md", HOW_WIDE)).id
        link = room.link(exercise_id)
        all_at_once(lambda place: begun(with_key, link, place))
        teacher, ann, ben = visit(with_key), visit(with_key), visit(with_key)
        begin_in_browser(ann, link, "Ann <b>Lee</b>")
        begin_in_browser(ben, link, "=1+1")
        open_results(teacher)
        page = teacher.page
        expect(page.locator("table.class tbody tr")).to_have_count(30)

        page.get_by_text("Ask the class", exact=True).first.click()
        press = page.locator(".ask-press")
        expect(press).to_have_text("Ask the class")
        page.keyboard.press("Space")
        expect(press).to_have_text("Show how everybody answered")
        all_at_once(lambda place: answered(with_key, link, place, FIRST[place % 5]))
        answer_in_browser(ann, "150")
        expect(page.locator(".ask-count")).to_have_text("29 of 30 committed")
        answer_in_browser(ben, "148")
        expect(page.locator(".ask-count")).to_have_text("30 of 30 committed")
        page.keyboard.press("Space")
        votes = page.locator("table.votes tbody tr")
        expect(votes.first).to_contain_text("150")
        shown = [row.split() for row in votes.all_inner_texts()]
        counted = Counter([FIRST[place % 5] for place in range(SESSIONS)] + ["150", "148"])
        assert {row[0]: int(row[1]) for row in shown} == counted
        expect(ann.keyed("lesson_dock").get_by_role("button", name="Answer")).to_be_disabled()

        with_key.kill()
        with_key.start()
        open_results(teacher)
        page.get_by_text("Ask the class", exact=True).first.click()
        expect(press).to_have_text("Ask again")
        page.keyboard.press("Enter")
        expect(press).to_have_text("Show the second vote")
        all_at_once(lambda place: answered(with_key, link, place, SECOND[place % 5]))
        for student in (ann, ben):
            student.page.reload()
            answer_in_browser(student, "148")
        # Browsers say in their console that the server was away.
        for visitor in (teacher, ann, ben):
            visitor.faults.clear()
        page.keyboard.press("Space")
        expect(press).to_have_text("Reveal")
        page.keyboard.press("Space")
        expect(page.locator("table.votes .answer.right")).to_contain_text("148")
        expect(ann.keyed("lesson_dock")).to_contain_text("148")

        all_at_once(lambda place: handed_in(with_key, link, place))
        page.get_by_role("button", name="Let the class follow me").click()
        ann.page.get_by_role("button", name="Follow your teacher").click()
        teacher.go_to("Data")
        expect(ann.page.locator("h1")).to_have_text("Data")
        expect(ben.page.locator("h1")).to_have_text("Architecture")
        page.get_by_role("button", name="Let go").click()

        teacher.go_to("Exercises")
        page.get_by_text("What came back", exact=True).click()
        page.get_by_text("Take along", exact=True).click()
        with page.expect_download() as marks:
            page.get_by_role("button", name="Marks (.csv)").click()
        with page.expect_download() as answers:
            page.get_by_role("button", name="Answers (.json)").click()
        rows = {
            row["student_id"]: row
            for row in csv.DictReader(Path(marks.value.path()).read_text("utf-8-sig").splitlines())
        }
        told = json.loads(Path(answers.value.path()).read_text("utf-8"))["students"]
        assert len(rows) == len(told) == 30
        typed = {name_of(place): [FIRST[place % 5], SECOND[place % 5]] for place in range(SESSIONS)}
        typed |= {"Ann <b>Lee</b>": ["150", "148"], "=1+1": ["148", "148"]}
        assert {each["name"]: [a["given"] for a in each["questions"][0]["attempts"]] for each in told} == typed
        for each in told:
            row = rows[each["id"]]
            is_handed_in = each["name"].startswith("Student")
            is_right = typed[each["name"]][1] == "148"
            assert float(row["score"]) == (10.0 if is_handed_in and is_right else 0.0)
            assert float(row["max_score"]) == 10.0
            assert bool(row["timestamp"]) == is_handed_in
        assert not [cell for row in rows.values() for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
