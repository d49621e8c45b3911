"""Draw the path: every lesson with how long it takes, what is done, and what a visitor answered."""

from cnnlab.ui.lessons.course import enter, offered
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import position
from cnnlab.ui.session.keys import LESSON_LOG, LESSON_REFUSED
from cnnlab.viz.html import quiet

MOST_STEPS = 1000


class PathSends:
    """Declare what the path sends: the lesson that was pressed, and the step to begin with."""

    opened = Message(position)
    resumed = Message(position)


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
    lessons = [
        {
            "name": lesson.name,
            "title": lesson.title,
            "lang": lesson.lang,
            "minutes": lesson.minutes,
            "steps": len(lesson.steps),
            "quote": lesson.quote,
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

    data = {"lessons": lessons, "log": LESSON_LOG.get(), "most_steps": MOST_STEPS}
    _PATH("lesson_path", [data], PathSends.opened.to(begin), PathSends.resumed.to(resume))
