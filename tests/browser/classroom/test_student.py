"""A student in a real browser: begin, answer, reload, come back elsewhere, hand in; nothing secret on the line."""

from functools import partial

import pytest
from playwright.sync_api import expect

from cnnlab.classroom.classroom import Classroom
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.runs.store import Store
from tests.browser.conftest import Visit
from tests.browser.support.serving import Server, until
from tests.unit.classroom.exercise_files import lasting as exercise

TITLE = "One kernel"
SECRETS = ("z-mistake", "z-hint", "z-explain", "z-luck", "z-because", "4141414", "3737373", "4343434", "6161616")


# Collects every byte that the server sends to a page over its socket.
LISTEN = """
const heard = []
window.WebSocket = class extends WebSocket {
  constructor(...opened) {
    super(...opened)
    this.addEventListener("message", ({ data }) => heard.push(data))
  }
}
window.said = () => heard.map(data => typeof data === "string" ? data : new TextDecoder().decode(data)).join("")"""


@pytest.mark.student
def test_a_student_works_reloads_comes_back_elsewhere_and_hands_in(server: Server, visit: Visit) -> None:
    classroom = Classroom(server.home, 400)
    exercise_id = classroom.exercises.add(exercise()).id
    link = f"?x={classroom.link(exercise_id)}"
    ann = visit(server)
    ann.page.add_init_script(LISTEN)
    page = ann.open(link, TITLE)
    page.get_by_label("Your name").fill("Ann <b>Lee")
    page.keyboard.press("Enter")
    code = page.locator(".st-key-exercise_your_code code").inner_text()
    page.get_by_role("button", name="To the first step").click()
    dock = ann.keyed("lesson_dock")
    expect(dock).to_contain_text("step 1 of 2, Ann <b>Lee")
    expect(ann.control("layer0.filters")).to_be_disabled()
    slider = ann.control("layer0.kernel_size")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(ann.keyed("network_controls")).to_contain_text("4 × 4")
    expect(dock).to_contain_text("✓ Make it small")
    ann.settle()
    said = page.evaluate("said()")
    assert len(said) > 10_000
    assert "One kernel" in said
    assert not [secret for secret in SECRETS if secret in said]
    dock.get_by_label("Your answer").fill("147")
    page.keyboard.press("Enter")
    expect(dock).to_contain_text("z-explain")
    # What stands on the pages is kept a moment later.
    until(lambda: classroom.table.rows(exercise_id)[0].standing.network, "the network was kept")
    page.reload()
    expect(dock).to_contain_text("Your answer: 147")
    expect(ann.keyed("network_controls")).to_contain_text("4 × 4")
    ben = visit(server)
    ben.open(link, TITLE)
    ben.page.get_by_text("I have a code").click()
    ben.page.get_by_label("Your code").fill(code)
    ben.page.keyboard.press("Enter")
    expect(ben.keyed("lesson_dock")).to_contain_text("Your answer: 147")
    expect(ben.keyed("network_controls")).to_contain_text("4 × 4")
    hand_in = ben.keyed("exercise_hand_in")
    hand_in.get_by_role("button", name="Validate").click()
    expect(ben.keyed("lesson_dock")).to_contain_text("2 things are missing:")
    hand_in.get_by_role("button", name="Hand in").click()
    expect(ben.keyed("lesson_dock")).to_contain_text("Handed in once")
    expect(dock).to_contain_text("Handed in once")
    (row,) = classroom.table.rows(exercise_id)
    assert (row.student.name, row.handed_in) == ("Ann <b>Lee", 1)
    classroom.close()


TRAINING = """+++
title = "Train it"
minutes = 6
[exercise]
seed = 4321
begin = { page = "training", training = { epochs = 1, image_size = 40, limit_per_class = 12 } }
only = { training = ["start"] }
limits = { minutes = 2 }
+++
## Start
```{go}
page = "training"
```
Start it, and compare your loss.
"""


@pytest.mark.slow
def test_everybody_with_the_seed_of_an_exercise_gets_the_same_first_loss(server: Server, visit: Visit) -> None:
    classroom, store = Classroom(server.home, 400), Store(server.home)
    exercise_id = classroom.exercises.add(read_exercise("train-it.md", TRAINING.encode())).id
    losses = []
    for name in ("Ann", "Ben"):
        student = visit(server)
        page = student.open(f"?x={classroom.link(exercise_id)}", "Train it")
        page.get_by_label("Your name").fill(name)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="To the first step").click()
        student.keyed("start_training").get_by_role("button").click()
        run = until(partial(_run_of, classroom, exercise_id, name), "a training is entered")
        until(partial(_has_ended, store, run), "the training ends", 240)
        assert (store.get(run).spec.seed, store.get(run).spec.minutes) == (4321, 2)
        losses.append(store.story(run).epochs[0]["loss"])
    assert losses[0] == losses[1]
    store.close()
    classroom.close()


def _run_of(classroom: Classroom, exercise_id: str, name: str) -> str:
    """Return the run that a student has started, empty before."""
    rows = classroom.table.rows(exercise_id)
    return next(("".join(row.trainings[:1]) for row in rows if row.student.name == name), "")


def _has_ended(store: Store, run: str) -> bool:
    return store.get(run).is_terminal
