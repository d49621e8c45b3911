"""A teacher writes an exercise, sees what it lacks, saves versions, and gives out a link; nobody else sees anything."""

import json
import re
import socket
from dataclasses import replace
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.network import Network
from cnnlab.core.sequences.generator import Settings
from cnnlab.core.sequences.loading import is_made
from cnnlab.ui.classroom.give import given, network_address
from cnnlab.ui.classroom.give.form.drafting import DRAFTING, Drafting
from cnnlab.ui.classroom.give.form.editor import PARTS
from cnnlab.ui.classroom.give.network_address import is_this_machine_only
from cnnlab.ui.classroom.give.shelf import NEW
from cnnlab.ui.session import services
from tests.app.driving import go_to, html_of, keyed, labelled, mine, open_page, text_of, trigger
from tests.unit.classroom.exercise_files import ANN, BEN, FRONT, STEPS

KEY = "a-key-of-eight"
pytestmark = pytest.mark.usefixtures("no_inference")


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", KEY)


def unlocked() -> AppTest:
    app = open_page("exercises")
    return labelled(app.text_input, "The teacher's key").set_value(KEY).run()


def press(app: AppTest, label: str) -> AppTest:
    app = labelled(app.button, label).click().run()
    assert not app.exception
    return app


def draft(app: AppTest) -> Any:
    found: Drafting = app.session_state[DRAFTING.name]
    return found.draft


def type_in(app: AppTest, label: str, value: str) -> AppTest:
    return labelled([*app.text_input, *app.text_area], label).set_value(value).run()


def choose(app: AppTest, label: str, value: object) -> AppTest:
    return labelled(app.selectbox, label).set_value(value).run()


def lacks(app: AppTest) -> list[str]:
    return re.findall(r"<li>(.*?)</li>", html_of(app))


def written(app: AppTest, title: str = "How wide?") -> AppTest:
    """Write the shortest exercise with one question."""
    press(app, NEW)
    type_in(app, "Title", title)
    type_in(app, "Title of the step", "A window")
    press(app, "Add a question")
    type_in(app, "Question", "How wide are the maps?")
    return choose(app, "What is asked", "width")


@pytest.mark.usefixtures("with_key")
def test_a_locked_page_asks_for_the_key_and_tells_nothing_else() -> None:
    services.classroom().exercises.add(read_exercise("x.md", (FRONT + STEPS).encode()))
    app = open_page("exercises")
    assert [field.label for field in app.text_input] == ["The teacher's key"]
    assert "One kernel" not in html_of(app)
    assert not app.button
    labelled(app.text_input, "The teacher's key").set_value("wrong").run()
    assert "One kernel" not in html_of(app)
    assert "That is not the key" in app.error[0].value


def test_without_a_key_an_exercise_can_be_written_and_taken_along_but_not_given_out() -> None:
    app = written(open_page("exercises"))
    assert not lacks(app)
    assert "Save" not in [button.label for button in app.button]
    press(app, "All exercises")
    assert "CNNLAB_TEACHER_KEY" in text_of(app)


@pytest.mark.usefixtures("with_key")
def test_from_new_to_the_link_no_expression_is_typed() -> None:
    app = written(unlocked())
    assert draft(app).steps[0].asks[0].answer == 'width("conv2d")'
    assert "148 for the network that they begin with" in text_of(app)
    press(app, "Save")
    (kept,) = services.classroom().exercises.all()
    assert (kept.title, kept.version) == ("How wide?", 1)
    address = json.loads(keyed(app, "class_link").proto.json)[0]["address"]
    invited = services.classroom().invited(address.partition("?x=")[2])
    assert invited.exercise == kept.id
    assert 'alt="QR code of the link"' in html_of(app)
    assert "This link works on this computer only" in text_of(app)


@pytest.mark.usefixtures("with_key")
def test_a_new_exercise_begins_with_what_the_teacher_has_before_them() -> None:
    app = open_page("architecture")
    mine(app).change_network(Network.seed().with_image_size(90, 90))
    mine(app).select(2)
    go_to(app, "exercises")
    labelled(app.text_input, "The teacher's key").set_value(KEY).run()
    press(app, NEW)
    assert draft(app).network.input_shape == (90, 90, 3)
    assert (draft(app).begin.page, draft(app).begin.layer) == ("architecture", "max_pooling2d")
    assert draft(app).begin.weights == "random"


@pytest.mark.usefixtures("with_key")
def test_what_is_lacking_is_said_with_its_step_until_nothing_is() -> None:
    app = press(unlocked(), NEW)
    assert lacks(app) == ["Give the exercise a title.", "Step 1: give it a title."]
    type_in(app, "Title", "A")
    type_in(app, "Title of the step", "B")
    assert not lacks(app)
    press(app, "Add a goal")
    type_in(app, "What is to be reached, in words", "Make it small")
    choose(app, "What counts", "typed")
    type_in(app, "Condition", "wishes > 3")
    assert "There is no fact wishes" in lacks(app)[0]
    assert lacks(app)[0].startswith("Step 1: ")
    assert labelled(app.button, "Save").disabled


@pytest.mark.usefixtures("with_key")
def test_steps_and_questions_are_moved_doubled_and_removed_and_undo_gives_them_back() -> None:
    app = written(unlocked())
    press(app, "Add a step")
    type_in(app, "Title of the step", "Second")
    before = draft(app)
    assert [step.title for step in before.steps] == ["A window", "Second"]
    app = next(b for b in app.button if b.label == "Up" and not b.disabled).click().run()
    assert [step.title for step in draft(app).steps] == ["Second", "A window"]
    press(app, "Undo")
    assert draft(app) == before
    app = next(b for b in app.button if b.label == "Remove" and not b.disabled).click().run()
    assert [step.title for step in draft(app).steps] == ["Second"]
    press(app, "Undo")
    assert draft(app) == before
    assert draft(app).steps[0].asks[0].question == "How wide are the maps?"


@pytest.mark.usefixtures("with_key")
def test_a_draft_outlives_another_page_and_a_reload() -> None:
    app = written(unlocked())
    before = draft(app)
    kept = keyed(app, "draft_keep").proto.json
    go_to(go_to(app, "data"), "exercises")
    assert draft(app) == before
    text = json.loads(kept)[0]["text"]
    other = trigger(unlocked(), "draft_keep", "kept", text)
    assert draft(other) == before
    press(other, "Go on writing")
    assert labelled(other.text_input, "Title").value == "How wide?"


@pytest.mark.usefixtures("with_key")
@pytest.mark.parametrize("kept", ["", "[]", "7", "[1, 2, 3, 4]", '["{}", "", 0, false]', "<b>", None, '["x", 7, 0, 1]'])
def test_nonsense_that_a_tab_kept_is_no_draft(kept: object) -> None:
    app = trigger(unlocked(), "draft_keep", "kept", kept)
    assert not app.exception
    assert "Go on writing" not in [button.label for button in app.button]


@pytest.mark.usefixtures("with_key")
def test_of_two_teachers_nobody_overwrites_the_other_and_nothing_typed_is_lost() -> None:
    app = press(written(unlocked()), "Save")
    (kept,) = services.classroom().exercises.all()
    press(app, "Change it")
    type_in(app, "Title", "Mine")
    theirs = services.classroom().exercises.newest(kept.id).exercise
    services.classroom().exercises.save(kept.id, replace(theirs, by="Another"), 1)
    press(app, "Save as version 2")
    assert "Somebody has saved version 2" in app.error[0].value
    assert draft(app).title == "Mine"
    press(app, "Put mine on top of version 2")
    press(app, "Save as version 3")
    assert services.classroom().exercises.newest(kept.id).exercise.title == "Mine"
    assert services.classroom().exercises.version(kept.id, 2).exercise.by == "Another"


@pytest.mark.usefixtures("with_key")
def test_the_file_can_be_edited_and_an_error_is_said_with_its_line() -> None:
    app = written(unlocked())
    field = labelled(app.text_area, "The file")
    text = field.value
    broken = text.replace('answer = "width', 'answer = "breadth')
    app = press(field.set_value(broken).run(), "Take this text")
    assert "line" in app.error[0].value
    assert "breadth" in app.error[0].value
    assert labelled(app.text_area, "The file").value == broken
    assert draft(app).title == "How wide?"
    better = text.replace('title = "How wide?"', 'title = "Wider"')
    app = press(labelled(app.text_area, "The file").set_value(better).run(), "Take this text")
    assert draft(app).title == "Wider"


@pytest.mark.usefixtures("with_key")
def test_what_is_taken_along_opens_again_as_the_same(downloads: dict[str, Any]) -> None:
    app = written(unlocked())
    before = draft(app)
    content = downloads["Take it along as a file"]
    app = unlocked()
    app.file_uploader[0].upload("again.md", content.encode(), "text/markdown").run()
    assert draft(app) == before


@pytest.mark.usefixtures("with_key")
def test_another_draft_takes_nothing_away_that_was_not_saved() -> None:
    app = written(unlocked())
    before = draft(app)
    press(app, "All exercises")
    app = next(b for b in app.button if b.label == "Begin with it").click().run()
    assert draft(app).title == "The first convolution"
    press(app, "Undo")
    assert draft(app) == before


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("http://localhost:8501/?x=1", True),
        ("http://127.0.0.1/?x=1", True),
        ("http://[::1]:8501/?x=1", True),
        ("http://192.168.1.5:8501/?x=1", False),
        ("https://lab.school.org/prefix/?x=1", False),
    ],
)
def test_it_is_known_which_address_nobody_else_can_open(address: str, alone: bool) -> None:
    assert is_this_machine_only(address) == alone


@pytest.mark.parametrize(
    ("here", "link", "overheard"),
    [
        ("http://lab.test:8501/exercises", "http://lab.test:8501/?x=abc", True),
        ("https://lab.test/below/a/prefix/exercises", "https://lab.test/below/a/prefix/?x=abc", False),
        ("javascript:alert(1)", "http://localhost/?x=abc", False),
        (None, "http://localhost/?x=abc", False),
    ],
)
def test_the_link_begins_with_the_address_that_the_browser_sees(
    monkeypatch: pytest.MonkeyPatch, here: str | None, link: str, overheard: bool
) -> None:
    monkeypatch.setattr(network_address.runtime, "exists", lambda: True)
    monkeypatch.setattr(type(network_address.st.context), "url", here)
    assert network_address.link_to("abc") == link
    assert network_address.can_be_overheard() == overheard


@pytest.mark.usefixtures("with_key")
def test_an_exercise_is_tried_as_a_student_and_leaving_comes_back_to_the_draft() -> None:
    app = press(written(unlocked()), "Try it as a student")
    assert "a preview" in text_of(app)
    assert "148" not in text_of(keyed(app, "lesson_dock"))
    press(app, "End the preview")
    assert draft(app).title == "How wide?"
    assert not services.classroom().exercises.all()


@pytest.mark.usefixtures("with_key")
def test_deleting_says_whose_work_goes_and_then_nothing_is_left() -> None:
    room = services.classroom()
    kept = room.exercises.add(read_exercise("x.md", (FRONT + STEPS).encode()))
    room.students.begin(kept.id, "Ann", ANN)
    room.students.begin(kept.id, "Ben", BEN)
    app = press(unlocked(), "Give out")
    assert "the work of 2 students" in text_of(app)
    press(app, "Delete it with the work of 2 students")
    assert not room.exercises.all()


@pytest.mark.usefixtures("with_key")
@pytest.mark.parametrize("name", ["<b>bold</b>", ":smile: $x$ **y**", "[a](https://b.example)"])
def test_words_that_somebody_typed_stay_words(name: str) -> None:
    app = press(written(unlocked(), name), "Save")
    press(app, "Change it")
    type_in(app, "Title of the step", name)
    press(app, "Save as version 2")
    press(app, "All exercises")
    assert name in text_of(app) or escape(name) in html_of(app)
    assert "<b>bold" not in html_of(app)
    drawn = [*app.markdown, *app.caption, *app.error, *app.button]
    assert not [one for one in drawn if name in str(getattr(one, "value", "")) + str(getattr(one, "label", ""))]


@pytest.mark.usefixtures("with_key")
def test_only_controls_that_exist_can_be_left_open() -> None:
    app = written(unlocked())
    choose(app, "Architecture", "some")
    (handles,) = [m for m in app.multiselect if m.label == "What may be touched: Architecture"]
    handles.set_value(["input.size"]).run()
    assert draft(app).only == {"architecture": ("input.size",)}
    app.session_state[handles.key] = ["<script>", "layer0.kernel_size"]
    labelled(app.selectbox, "Data").set_value("none").run()
    assert not app.exception
    assert draft(app).only["data"] == ()
    (hidden,) = [m for m in app.multiselect if m.label == "Hidden: Training"]
    hidden.set_value(["epochs", "start"]).run()
    assert draft(app).hidden == {"training": ("start", "epochs")}
    app.session_state[hidden.key] = ["<script>"]
    labelled(app.multiselect, "Hidden: Data").set_value(["data"]).run()
    assert not app.exception
    assert draft(app).hidden["data"] == ("data",)
    assert "<script>" not in str(draft(app).hidden)


@pytest.mark.usefixtures("with_key")
def test_the_parts_of_the_form_are_those_that_the_document_names() -> None:
    document = Path("docs/teachers.md").read_text(encoding="utf-8")
    app = written(unlocked())
    labels = {tab.label for tab in app.tabs}
    assert labels == set(PARTS)
    section = document.split("## An exercise in five minutes")[1].split("\n## ")[0]
    quoted = set(re.findall(r"\*([A-Z][^*]+)\*", " ".join(section.split())))
    on_page = labels | {w.label for w in (*app.button, *app.text_input, *app.selectbox, *app.toggle, *app.text_area)}
    press(app, "Save")
    on_page |= {w.label for w in app.button}
    press(app, "All exercises")
    on_page |= {w.label for w in app.button} | {
        NEW,
        *given.PARTS,
        "Everything (.zip)",
        "Exercises",
        "Large for the projector",
        "Versions",
    }
    on_page |= {"Copy the link", "Delete for good", "Open a file", "Take it along as a file", "Ready to give out"}
    assert quoted <= on_page, quoted - on_page


@pytest.mark.usefixtures("with_key")
def test_a_link_that_opens_here_only_takes_an_address_of_this_computer_by_one_press(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network_address, "addresses_here", lambda: ("192.168.1.5",))
    monkeypatch.setattr(given, "addresses_here", lambda: ("192.168.1.5",))
    app = written(unlocked())
    press(app, "Save")
    assert "This link works on this computer only" in text_of(app)
    press(app, "Use 192.168.1.5")
    assert "works on this computer only" not in text_of(app)


@pytest.mark.parametrize("bound", ["127.0.0.1", "localhost", "::1"])
def test_a_server_that_answers_its_own_computer_only_offers_no_address(
    monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(network_address.st, "get_option", lambda _: bound)
    assert network_address.addresses_here() == ()


def test_addresses_of_homes_and_schools_come_first_and_none_that_only_this_computer_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def known(*addresses: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(family=socket.AF_INET, address=one) for one in addresses]

    cards = {"lo": known("127.0.0.1"), "bridge": known("172.17.0.1"), "wifi": known("192.168.1.5", "169.254.1.1")}
    monkeypatch.setattr(network_address.psutil, "net_if_addrs", lambda: cards | {"off": known("10.0.0.9")})
    states = dict.fromkeys(cards, SimpleNamespace(isup=True)) | {"off": SimpleNamespace(isup=False)}
    monkeypatch.setattr(network_address.psutil, "net_if_stats", lambda: states)
    assert network_address.addresses_here() == ("192.168.1.5", "172.17.0.1")
    assert network_address.at_address("http://localhost:8501/?x=1", "192.168.1.5") == "http://192.168.1.5:8501/?x=1"


@pytest.mark.usefixtures("with_key")
def test_the_form_of_the_training_page_is_given_by_fields() -> None:
    app = written(unlocked())
    for label, value in (("Epochs", 3), ("Batch size", 8), ("Learning rate", 0.01)):
        field = next(each for each in app.number_input if each.label == label and "training" in each.key)
        field.set_value(value).run()
        assert not app.exception
    choose(app, "Augment", "off")
    assert draft(app).begin.training == {"epochs": 3, "batch_size": 8, "learning_rate": 0.01, "augment": False}
    choose(app, "Augment", "")
    assert draft(app).begin.training == {"epochs": 3, "batch_size": 8, "learning_rate": 0.01}
    field = next(each for each in app.number_input if each.label == "Epochs" and "training" in each.key)
    field.set_value(None).run()
    assert draft(app).begin.training == {"batch_size": 8, "learning_rate": 0.01}
    assert lacks(app) == []


@pytest.mark.usefixtures("with_key")
def test_a_choice_begins_with_two_answers_and_says_what_they_lack() -> None:
    app = choose(written(unlocked()), "Kind of answer", "choices")
    assert {"Answer 1", "Answer 2"} <= {field.label for field in app.text_input}
    assert lacks(app) == ["Step 1: question 1 lacks the words of answer 1 and 2."]
    type_in(app, "Answer 1", "filters")
    assert lacks(app) == ["Step 1: question 1 lacks the words of answer 2."]


def test_sequences_that_are_made_come_along() -> None:
    app = open_page("exercises")
    made = Settings(motif="GATTACA", count=200).text
    mine(app).data = mine(app).data.making(made)
    press(app, NEW)
    assert draft(app).begin.data == mine(app).data.reference
    assert is_made(draft(app).begin.data)
    assert "made with your settings" in text_of(app)
    assert "Your data set stays yours" not in text_of(app)
