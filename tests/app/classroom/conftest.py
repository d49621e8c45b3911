"""Give out one exercise in the record that the pages of a test see."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.classroom.exercise import Exercise
from cnnlab.ui.session import services
from tests.app.driving import DEADLINE, SHELL
from tests.unit.classroom.exercise_files import lasting as exercise

Opened = Callable[..., AppTest]


@pytest.fixture
def opened(no_inference: None) -> Opened:
    """Return what opens the app by a link in some browser; by one to the exercise of the files if none is given."""

    def opened(link: str = "", browser: str = "one", **address: str) -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=DEADLINE)
        app.session_state["visitor_token"] = browser
        app.query_params["x"] = link or link_to(exercise())
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return opened


def link_to(one: Exercise) -> str:
    """Give an exercise out and return its link."""
    return services.classroom().link(services.classroom().exercises.add(one).id)


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button with this label."""
    next(button for button in app.button if button.label == label).click()
    return app.run()


def begun(app: AppTest, name: str = "Ann") -> AppTest:
    """Begin at the door, and go on to the first step."""
    app.text_input(key="exercise_name").set_value(name)
    press(app, "Begin")
    return press(app, "To the first step")


def answered(app: AppTest, given: str) -> AppTest:
    """Answer the one question that has a field."""
    field = next(field for field in app.text_input if (field.key or "").startswith("exercise_"))
    field.set_value(given)
    return press(app, "Answer")


def sent(app: AppTest) -> str:
    """Return every byte of the page as text."""
    return "\n".join(repr(node.proto) for node in app.main if hasattr(node, "proto"))
