"""Open the test of a trained network once, and say what its number is worth."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import streamlit as st

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.network.layers.kind import SEEN
from cnnlab.core.training.answers import Answers, compared_with_chance
from cnnlab.core.training.subset import TEST_SHARE
from cnnlab.core.words.numbers import percent
from cnnlab.runs.record import Run
from cnnlab.runs.record.test_split import SEALED, open_test, opened_answers, opened_at
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.services import runs, store
from cnnlab.ui.session.visitor import mine
from cnnlab.viz.html import bold, heading, paragraph, quiet

MOST_RUNS = 200
REFUSED = "test_refused"
WHY = (
    "You looked at the validation accuracy again and again while you chose network, settings and epoch, so it flatters "
    "the choice. These answers are sealed: open them when all is decided. It can be done once."
)
ENOUGH = "Whoever changes something now and looks again has no test any more, but a second validation."
AFTERWARDS = "This training went on after its test was opened, so this number is no test."


def test_view(run: Run) -> None:
    """Draw the sealed test of a run that has one, or what came out when it was opened."""
    folder, noun = runs().folder(run.id), SEEN[run.spec.network.rank]
    with st.container(key="run_test"):
        show_html(heading("The test"))
        at = opened_at(folder)
        answers = opened_answers(folder)
        if not run.is_terminal:
            share = percent(TEST_SHARE, 0)
            show_html(quiet(f"{share} of the training {noun}s are kept apart; it is tested on them when it ends."))
        elif answers is not None and at is not None:
            _opened(run, answers, at)
        elif not (folder / SEALED).exists():
            show_html(quiet("It ended before it could be tested."))
        else:
            _sealed(run, folder)
    if refused := st.session_state.pop(REFUSED, ""):
        refuse(refused)


def _sealed(run: Run, folder: Path) -> None:
    show_html(paragraph(WHY))
    if mine(run):
        st.button("Open the test", key=f"open_test_{run.id}", on_click=_open, args=(run, folder))
    else:
        show_html(quiet("Who started this training opens its test."))


def _open(run: Run, folder: Path) -> None:
    if not mine(run) or not run.is_terminal:
        return
    try:
        open_test(folder)
    except OSError as error:
        st.session_state[REFUSED] = (
            f"That the test is opened could not be kept ({error.strerror}), so it stays sealed; free some space."
        )


def _opened(run: Run, answers: Answers, at: float) -> None:
    n, noun = len(answers.labels), SEEN[run.spec.network.rank]
    found = compared_with_chance(answers)
    show_html(
        paragraph(
            bold(f"Test accuracy {percent(found.accuracy)}"),
            f" on {counted(n, noun)} that nothing was learned from or chosen by; with so many it stands for one "
            f"between {percent(found.low)} and {percent(found.high)} (95 %, Wilson).",
        )
    )
    when = datetime.fromtimestamp(at).strftime("%d %B %Y, %H:%M") if at else "before"
    show_html(quiet(f"Opened: {when}. ", AFTERWARDS if run.finished and 0 < at < run.finished else ENOUGH))
    if earlier := _earlier(run, at, store().runs(MOST_RUNS)):
        tests = counted(earlier, "other test on this data set was", "other tests on this data set were")
        show_html(
            quiet(
                f"{tests} opened before this one. Who takes the best of {earlier + 1} chooses by the test, and its "
                "number flatters too."
            )
        )


def _earlier(run: Run, at: float, others: Sequence[Run]) -> int:
    """Count the tests of other runs on the same data set that were opened before."""
    same = (one for one in others if one.id != run.id and one.spec.test_split and one.spec.data == run.spec.data)
    times = (opened_at(runs().folder(one.id)) for one in same)
    return sum(time is not None and time < at for time in times)
