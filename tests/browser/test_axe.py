"""Nothing that axe-core calls serious stands on any page, in light and in dark, with its parts open."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cnnlab.classroom.classroom import Classroom
from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.processes.data.jobs import Asker
from cnnlab.ui.classroom.give.form.editor import PARTS
from cnnlab.ui.parts.pages import TITLES
from tests.browser.classroom.test_class_of_thirty import unlock_results
from tests.browser.conftest import Visit
from tests.browser.run.test_judging import judged
from tests.browser.support.serving import Server
from tests.browser.support.watching import Watched
from tests.unit.classroom.exercise_files import POST, WIDTH
from tests.unit.classroom.exercise_files import lasting as one_kernel

pytestmark = pytest.mark.pages

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 8.0  # seconds; Streamlit fades what it draws again
TOO_SMALL = 12  # pixels of a side that the post's third convolution does not fit into
# The words of code have the colours of Streamlit's own highlighter, 4.28 : 1 in dark, which no theme of ours changes.
FOUND = """async (rules) => {
  const options = { resultTypes: ["violations"], ...(rules.length ? { runOnly: { type: "rule", values: rules } } : {}) }
  const place = document.querySelector("[data-testid=stPopoverBody]") ?? document
  const { violations } = await axe.run(place, options)
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))
    .filter((said) => !said.includes('class="token'))
}"""
FOLDED = "[data-testid=stMain] details:not([open]) > summary"
UNFOLD = "folded => document.querySelectorAll(folded).forEach(summary => summary.click())"


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe-core; fail with a sentence where it is not installed."""
    if not AXE.exists():
        pytest.fail(
            "axe-core is not installed, so accessibility cannot be tested; `make js` fetches it.", pytrace=False
        )
    return AXE.read_text(encoding="utf-8")


def home(_: Watched) -> Iterator[str]:
    yield "as it opens"


def lessons(visitor: Watched) -> Iterator[str]:
    visitor.page.locator(".path-open").first.wait_for()
    yield "as it opens"
    visitor.page.locator(".path-open").first.click()
    visitor.keyed("check_question").wait_for()
    visitor.settle()
    yield "a check"
    visitor.page.get_by_role("button", name="Back to the path").click()
    visitor.page.locator(".path-open").nth(3).click()
    visitor.keyed("lesson_dock").wait_for()
    visitor.settle()
    yield "a step"


def exercises(visitor: Watched) -> Iterator[str]:
    yield "as it opens"
    visitor.page.get_by_role("button", name="Begin with it").first.click()
    visitor.keyed("give_check").wait_for()
    for name in PARTS:
        visitor.page.get_by_role("tab", name=name, exact=True).click()
        visitor.settle()
        yield name


def architecture(visitor: Watched) -> Iterator[str]:
    yield from opened(visitor)
    visitor.page.get_by_role("button", name="Every layer").click()
    visitor.page.get_by_role("button", name="Every number").click()
    visitor.settle()
    yield "every layer, every number"
    yield from popovers(visitor)
    visitor.page.keyboard.press("Alt+p")
    yield "presenter mode"
    visitor.page.keyboard.press("Escape")


def convolution(visitor: Watched) -> Iterator[str]:
    visitor.page.locator(".conv[data-ready]").wait_for()
    yield from opened(visitor)
    yield from popovers(visitor)
    yield from choices(visitor, "Show")


def feature_maps(visitor: Watched) -> Iterator[str]:
    visitor.sheets()
    yield from opened(visitor)
    visitor.page.locator(".maps-sheet img").first.click()
    yield "one map, enlarged"
    visitor.page.get_by_role("button", name="Close").click()
    yield from popovers(visitor)
    yield from choices(visitor, "Show")
    yield from choices(visitor, "Pictures")
    visitor.page.get_by_role("radio", name="features").click()
    visitor.page.get_by_role("button", name="Compute the features").click()
    visitor.page.locator(".space g[role=button]").first.wait_for(timeout=60_000)
    visitor.settle()
    yield "features as points"


def data(visitor: Watched) -> Iterator[str]:
    yield from opened(visitor)


def augmentation(visitor: Watched) -> Iterator[str]:
    yield from opened(visitor)
    yield from choices(visitor, "Show")
    yield from choices(visitor, "Settings of")


def training(visitor: Watched) -> Iterator[str]:
    yield from opened(visitor)
    yield from popovers(visitor)
    yield from choices(visitor, "Show")
    yield from choices(visitor, "What is trained")


def explain(visitor: Watched) -> Iterator[str]:
    canvas = visitor.page.locator(".explain-stage canvas").first
    canvas.wait_for()
    yield from popovers(visitor)
    parts = visitor.page.get_by_role("radiogroup", name="Part", exact=True).get_by_role("radio")
    choose(parts.nth(1))
    visitor.page.get_by_role("button", name="Let it forget").click()
    visitor.page.locator(".explain.small canvas").first.wait_for()
    visitor.settle()
    yield "forgotten"
    choose(parts.nth(2))
    visitor.page.get_by_role("button", name="Climb", exact=True).click()
    visitor.page.locator(".climb canvas").wait_for()
    visitor.settle()
    yield "climbed"


def opened(visitor: Watched) -> Iterator[str]:
    """Open what is folded, and what is folded in it."""
    for _ in range(2):
        visitor.page.evaluate(UNFOLD, FOLDED)
        visitor.settle()
    yield "all unfolded"


def popovers(visitor: Watched) -> Iterator[str]:
    """Open one popover after the other."""
    for button in visitor.page.get_by_test_id("stMain").get_by_test_id("stPopover").get_by_role("button").all():
        button.click()
        visitor.page.get_by_test_id("stPopoverBody").wait_for()
        visitor.settle()
        yield f"popover {button.inner_text()!r}"
        visitor.page.keyboard.press("Escape")
        visitor.page.get_by_test_id("stPopoverBody").wait_for(state="hidden")


def choices(visitor: Watched, label: str) -> Iterator[str]:
    """Choose every option of a row of choices but the first, which is chosen already."""
    options = visitor.page.get_by_role("radiogroup", name=label, exact=True).get_by_role("radio")
    for name in options.all_inner_texts()[1:]:
        choose(options.filter(has_text=name).first)
        visitor.settle()
        yield f"{label} {name}"


def choose(option: Locator) -> None:
    option.click()
    option.and_(option.page.locator("[aria-checked=true]")).wait_for()


def sequences(visitor: Watched) -> Iterator[str]:
    yield "a network for pictures"
    visitor.page.get_by_role("button", name="as my network").click()
    visitor.page.locator(".letters-none").click()
    visitor.page.locator(".letters[data-ready='50 2']").wait_for()
    visitor.settle()
    yield "what decides"
    choose(visitor.page.get_by_role("radio", name="Filters"))
    visitor.page.locator(".logos button").first.wait_for()
    visitor.settle()
    yield "filters"


def exercise(visitor: Watched) -> Iterator[str]:
    """Come to an exercise, begin it, and answer."""
    yield "at the door"
    visitor.page.get_by_label("Your name").fill("Ann")
    visitor.page.keyboard.press("Enter")
    first = visitor.page.get_by_role("button", name="To the first step")
    first.wait_for()
    yield "the code"
    first.click()
    dock = visitor.keyed("lesson_dock")
    dock.get_by_label("Your answer").fill("150")
    visitor.page.keyboard.press("Enter")
    dock.get_by_text("Your answer: 150").wait_for()
    dock.get_by_role("button", name="Validate").click()
    dock.get_by_text("things are missing").wait_for()
    visitor.settle()
    yield "a wrong answer, validated"
    yield from popovers(visitor)


def watch(visitor: Watched) -> Iterator[str]:
    """See what came back as a teacher does: the table, one student, and the class asked."""
    unlock_results(visitor)
    visitor.settle()
    yield "the table"
    visitor.page.get_by_role("button", name="Ann Lee").click()
    visitor.page.get_by_role("button", name="Give back").wait_for()
    visitor.settle()
    yield "one student"
    visitor.page.get_by_role("button", name="Back to the class").click()
    for part in ("Trainings", "Take along", "Ask the class"):
        visitor.page.get_by_role("radio", name=part).click()
        visitor.settle()
        yield part
    press = visitor.page.locator(".ask-press")
    for said in ("Ask the class", "Show how everybody answered", "Ask again", "Show the second vote", "Reveal"):
        expect(press).to_have_text(said)
        press.click()
        visitor.settle()
        yield f"{said} was pressed"


STATES: dict[str, Callable[[Watched], Iterator[str]]] = {
    "home": home,
    "lessons": lessons,
    "exercises": exercises,
    "data": data,
    "architecture": architecture,
    "impossible": opened,
    "convolution": convolution,
    "feature_maps": feature_maps,
    "augmentation": augmentation,
    "training": training,
    "explain": explain,
    "sequences": sequences,
    "operator": home,
    "exercise": exercise,
}
BESIDE = {"impossible": TITLES["architecture"], "exercise": "One kernel"}
"""What is no page of its own, with the heading that stands there."""


def test_every_page_is_looked_at() -> None:
    assert set(STATES) - set(BESIDE) == set(TITLES)


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_serious(server: Server, visitor: Watched, axe: str, name: str) -> None:
    impossible = Network.seed().with_image_size(TOO_SMALL, TOO_SMALL)
    path = {"home": "", "impossible": f"architecture?net={encode(impossible)}"}.get(name, name)
    if name == "training":
        path = f"training?run={judged(server)}"
    if name == "exercise":
        path = f"?x={given_out(server)}"
    visitor.open(path, BESIDE.get(name) or TITLES[name])
    look_at(visitor, axe, STATES[name])


def test_axe_finds_nothing_serious_in_what_came_back(with_key: Server, visit: Visit, axe: str) -> None:
    class_at_work(with_key)
    visitor = visit(with_key)
    visitor.open("exercises", TITLES["exercises"])
    look_at(visitor, axe, watch)


def look_at(visitor: Watched, axe: str, states: Callable[[Watched], Iterator[str]]) -> None:
    """Fail with everything serious that axe-core finds in the states of an open page, in light and in dark."""
    page = visitor.page
    page.evaluate(axe)
    found = [
        f"{state}, {theme}: {said}"
        for state in states(visitor)
        for theme, rules in (("light", []), ("dark", ["color-contrast"]))
        for said in lasting(page, theme, rules)
    ]
    assert not found, "\n".join(found)


def given_out(server: Server) -> str:
    """Give an exercise out and return its link."""
    classroom = Classroom(server.home, 400)
    link = classroom.link(classroom.exercises.add(one_kernel()).id)
    classroom.close()
    return link


def class_at_work(server: Server) -> None:
    """Let a class answer: right, with a slip, and not yet."""
    with closing(Classroom(server.home, 400)) as room:
        exercise_id = room.exercises.add(one_kernel()).id
        for place, (name, answers) in enumerate({"Ann Lee": ("150", "148"), "Ben": ("150",), "Eve": ()}.items()):
            asker = Asker(f"{place:032x}", "room")
            token = room.students.begin(exercise_id, name, asker).token
            for given in answers:
                room.works.answer(token, WIDTH, given, POST, asker)
            if len(answers) > 1:
                room.handing_in.validate(token)
                room.handing_in.submit(token, asker)


def lasting(page: Page, theme: Any, rules: list[str]) -> list[str]:
    """Return what axe-core finds in a theme once nothing fades any more."""
    page.emulate_media(color_scheme=theme)
    deadline = time.monotonic() + PATIENCE
    while True:
        found: list[str] = page.evaluate(FOUND, rules)
        if not found or time.monotonic() > deadline:
            return found
        page.wait_for_timeout(300)
