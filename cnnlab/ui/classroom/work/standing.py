"""Know what stands before a student, and put it on the pages again."""

from contextlib import suppress

from cnnlab.classroom.pictures import OwnPicture
from cnnlab.classroom.record.work import Standing
from cnnlab.core.classroom.exercise import StudentExercise
from cnnlab.core.exchange.link import LinkError, decode
from cnnlab.core.lessons.lesson import PAGES
from cnnlab.runs.record import RunError
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.classroom.work.pictures import show_written, written_picture
from cnnlab.ui.classroom.work.stage import set_begin
from cnnlab.ui.data.current import choose
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.frame import link_text
from cnnlab.ui.session import shared
from cnnlab.ui.session.aside import put_aside
from cnnlab.ui.session.exercise import AtWork, lock, unlock
from cnnlab.ui.session.keys import PAGE_WANTED, WEIGHTS_SOURCE
from cnnlab.ui.session.services import runs

MOST_CHANNEL = 100_000


def standing_on(page: str, work: AtWork) -> Standing:
    """Return what stands before the visitor who works on a page."""
    mine = shared()
    return Standing(
        page if page in PAGES else "",
        work.step,
        link_text(mine.network),
        written_picture(),
        mine.data.reference,
        WEIGHTS_SOURCE.get(),
        mine.run_id,
        mine.layer.selected,
        mine.layer.channel,
    )


def stand_as(exercise: StudentExercise, standing: Standing, own: OwnPicture | None, *, is_theirs: bool = True) -> None:
    """Put what stood before a student on the pages, after what is the visitor's own was put aside.

    What is not there any more, or is not offered to this visitor, stays as the exercise begins. `own` is the picture
    that the student brought; with `is_theirs` the visitor is that student.
    `cnnlab.ui.session.aside.take_back_own` gives the visitor's own back.
    """
    mine = shared()
    put_aside()
    unlock()
    set_begin(exercise)
    with suppress(LinkError):
        mine.change_network(decode(standing.network))
    choose(standing.data)
    show_written(standing.picture, own, is_theirs=is_theirs)
    if standing.weights:
        look_with(standing.weights)
    open_run(standing.run)
    if standing.layer is not None and 0 <= standing.layer < len(mine.network.layers):
        mine.layer = mine.layer.looking_at(standing.layer, min(max(0, standing.channel), MOST_CHANNEL))
    lock()
    PAGE_WANTED.set(standing.page if standing.page in PAGES else exercise.begin.page)


def open_run(run: str) -> None:
    """Watch a training; one that is not there any more changes nothing."""
    # The training may be deleted, and the page says what is wrong with the home.
    with suppress(RunError, StoreFault):
        if run:
            runs().get(run)
            shared().watch(run)
