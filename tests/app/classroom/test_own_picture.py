"""A student's own picture comes back with the code in another browser, and the teacher sees it, decoded in limits."""

import hashlib

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.held import Measure
from cnnlab.core.pictures.reference import FromUpload
from cnnlab.ui.session import services
from cnnlab.ui.session.exercise import WORK
from tests.app.classroom.conftest import Opened, answered, begun, link_to, press
from tests.app.classroom.given_out import results_page
from tests.app.driving import go_to, mine, text_of
from tests.app.material import rotated_jpeg
from tests.unit.classroom.exercise_files import lasting as exercise

PICTURE = rotated_jpeg()
DIGEST = hashlib.sha256(PICTURE).hexdigest()


def bring(app: AppTest, content: bytes, name: str = "mine.jpg") -> AppTest:
    """Upload a picture on the page of feature maps, and go on for a moment."""
    go_to(answered(app, "148"), "feature_maps")
    app.file_uploader[0].set_value((name, content, "image/jpeg"))
    app.run()
    return app.run()


def test_it_comes_back_with_the_code_and_the_teacher_sees_it_without_keeping_it(opened: Opened) -> None:
    link = link_to(exercise())
    app = opened(link)
    app.text_input(key="exercise_name").set_value("Ann")
    press(app, "Begin")
    code = next(code.value for code in app.code)
    press(app, "To the first step")
    bring(app, PICTURE)
    assert mine(app).picture.reference == FromUpload(DIGEST)
    token, work = app.session_state[WORK].token, app.session_state[WORK]
    student = services.classroom().students.who(token).id
    assert services.classroom().works.view(token).standing.picture == f"own:{DIGEST}"
    other = opened(link, "another browser")
    other.text_input(key="exercise_code").set_value(code)
    press(other, "Go on")
    found = mine(other).picture
    assert found.reference == FromUpload(DIGEST)
    assert list(found.uploads) == [FromUpload(DIGEST)]
    measure = Measure(20, 30, 3, found.preparation)
    assert found.held is not None
    assert mine(app).picture.held is not None
    np.testing.assert_array_equal(found.held.prepared(measure), mine(app).picture.held.prepared(measure))
    teacher = results_page(work.id, watched_student=(work.id, student))
    press(teacher, "See it as it stands")
    assert mine(teacher).picture.reference == FromUpload(DIGEST)
    assert not mine(teacher).picture.uploads, "it is not among the teacher's own"
    press(teacher, "Back to my own")
    assert mine(teacher).picture.reference != FromUpload(DIGEST)


def test_one_that_is_too_large_stays_here_and_that_is_said(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlab.classroom.pictures.LARGEST", 100)
    link = link_to(exercise())
    app = bring(begun(opened(link)), PICTURE)
    assert "This picture stays in this browser" in text_of(app.main)
    assert mine(app).picture.reference == FromUpload(DIGEST)
    assert services.classroom().pictures.own(app.session_state[WORK].token) is None
