"""Draw the path: every lesson between the two checks, with how long it takes and what is done."""

from cnnlab.core.lessons.checks import CHECKS, COUNT
from cnnlab.ui.lessons.check import SAYS, TITLES, open_check
from cnnlab.ui.lessons.course import enter, offered, spoken
from cnnlab.ui.lessons.worksheet import KEY, WORKSHEET, address_of
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import flag, position, whole
from cnnlab.ui.session.keys import CHECKS_TAKEN, LESSON_LOG, LESSON_REFUSED
from cnnlab.viz.html import quiet

MOST_STEPS = 1000


class PathSends:
    """Declare what the path sends: the lesson that was pressed, the step to begin with, a check."""

    opened = Message(position)
    resumed = Message(position)
    checked = Message(whole(0, len(CHECKS) - 1))
    forgotten = Message(flag)


_PATH = component(
    "lesson_path", "lessons/path.js", html="lessons/path.html", styles=["lessons/path.css"], sends=PathSends
)


def path() -> None:
    """Draw the page."""
    shelf = offered()
    if refused := LESSON_REFUSED.take():
        refuse(refused)
    for sentence in shelf.refused:
        refuse(sentence)
    if not shelf.lessons:
        show_html(quiet("There are no lessons here."))
        return
    language = spoken()
    lessons = [
        {
            "name": lesson.name,
            "title": lesson.title,
            "lang": lesson.lang,
            "minutes": lesson.minutes,
            "steps": len(lesson.steps),
            "quote": lesson.quote,
            "worksheet": address_of(language, lesson.name, WORKSHEET),
            "key": address_of(language, lesson.name, KEY),
        }
        for lesson in shelf.lessons
    ]

    def begin(place: int) -> None:
        if place < len(shelf.lessons):
            enter(shelf.lessons[place], 0)

    def resume(number: int) -> None:
        place, at = divmod(number, MOST_STEPS)
        if place < len(shelf.lessons) and at < len(shelf.lessons[place].steps):
            enter(shelf.lessons[place], at)

    checks = [{"which": each, "title": TITLES[each], "says": SAYS[each], "count": COUNT} for each in CHECKS]
    data = {"lessons": lessons, "checks": checks, "log": LESSON_LOG.get(), "most_steps": MOST_STEPS}
    _PATH(
        "lesson_path",
        [data],
        PathSends.opened.to(begin),
        PathSends.resumed.to(resume),
        PathSends.checked.to(lambda place: open_check(CHECKS[place])),
        PathSends.forgotten.to(_forget),
    )


def _forget(_: bool) -> None:
    """Forget what this visit knows of answers, which the browser has forgotten."""
    LESSON_LOG.set(())
    CHECKS_TAKEN.set(None)
