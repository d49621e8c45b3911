"""Who agreed follows the teacher's page, layer, channel and place; a browser's word moves nobody anywhere."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.follow import Followed
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.core.network.presets import PRESETS
from cnnlab.runs.record import RECORDED
from cnnlab.ui.classroom.follow.lead import Leading
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.session import services
from cnnlab.ui.session.exercise import AtWork
from cnnlab.ui.session.keys import AS_LOGOS, FILTERS, HEALTH, LIKES
from tests.app.classroom.given_out import given_out
from tests.app.driving import go_to, html_of, keyed, labelled, mine, open_page, place_of, text_of, trigger
from tests.unit.classroom.exercise_files import ANN, exercise

pytestmark = pytest.mark.usefixtures("no_inference", "with_key")


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server have a teacher's key."""
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", "a key of a teacher")
    services.settings.clear()


def heard(app: AppTest) -> dict[str, Any]:
    """Return what the follower's browser was told to listen for."""
    found: dict[str, Any] = json.loads(keyed(app, "follow").proto.json)[0]
    return found


def lead(room: str, *seen: Any) -> int:
    return services.classroom().follow.publish(room, Followed(*seen))


def agreed(page: str = "data", *, label: str = "Follow the teacher", **session: Any) -> AppTest:
    """Return a visitor who follows everybody's teacher."""
    lead("", "data", "", 0)
    return labelled(open_page(page, **session).button, label).click().run()


def test_nobody_is_moved_who_did_not_agree() -> None:
    app = open_page("data")
    assert not heard(app)["on"]
    number = lead("", "convolution", "conv2d_1", 3, (4, 5))
    app = trigger(app, "follow", "moved", number)
    assert "The teacher shows a page." in text_of(app)
    assert "<h1>Data</h1>" in html_of(app)
    assert heard(app)["place"] is None


def test_no_page_moves_when_the_line_about_a_teacher_comes() -> None:
    app = open_page("data")
    before = place_of(app, "data_upload"), place_of(app, "follow")
    lead("", "convolution", "conv2d_1", 3, (4, 5))
    app.run()
    assert "The teacher shows a page." in text_of(app)
    assert (place_of(app, "data_upload"), place_of(app, "follow")) == before


def test_who_agreed_follows_page_layer_channel_and_place() -> None:
    app = agreed()
    assert not app.exception
    number = lead("", "convolution", "conv2d_1", 3, (4, 5))
    app = trigger(app, "follow", "moved", number)
    assert not app.exception
    assert "<h1>Convolution</h1>" in html_of(app)
    selected = mine(app).layer
    assert (selected.selected, selected.channel) == (3, 3)
    assert heard(app) == {
        "address": "cnnlab/follow",
        "number": number,
        "on": True,
        "follows": True,
        "place": {"layer": 3, "channel": 3, "row": 4, "column": 5},
    }


def test_a_browser_that_lies_goes_nowhere() -> None:
    app = agreed()
    for number in (10**9, 0, -1, "x", {"page": "training"}):
        app = trigger(app, "follow", "moved", number)
        assert not app.exception
        assert "<h1>Data</h1>" in html_of(app)


def test_let_me_go_frees_a_student() -> None:
    app = labelled(agreed(visitor_token="one browser").button, "Let me go").click().run()
    app = trigger(app, "follow", "moved", lead("", "training", "", 0))
    assert "<h1>Data</h1>" in html_of(app)
    assert "The teacher shows" not in text_of(app)
    again = open_page("data", visitor_token="one browser")
    lead("", "architecture", "", 0)
    again.run()
    assert "<h1>Data</h1>" in html_of(again)
    assert "The teacher shows" not in text_of(again), "nobody is asked again who wants to be free"
    again = labelled(again.button, "Follow the teacher").click().run()
    assert "<h1>Architecture</h1>" in html_of(again)
    assert "You follow the teacher." in text_of(app.run()), "another page of the browser knows it too"


def test_who_wants_to_be_let_be_goes_nowhere_and_is_asked_no_more() -> None:
    lead("", "architecture", "", 0)
    app = labelled(open_page("data").button, "Let me be").click().run()
    app = trigger(app, "follow", "moved", lead("", "training", "", 0))
    assert "<h1>Data</h1>" in html_of(app)
    assert "The teacher shows" not in text_of(app)
    assert not heard(app)["follows"]


def test_a_teacher_who_lets_go_leads_nobody_and_the_line_goes() -> None:
    app = agreed()
    app = trigger(app, "follow", "moved", services.classroom().follow.let_go(""))
    assert "follow_line" not in [getattr(node, "key", None) for node in app.main]
    assert not heard(app)["on"]


def test_a_layer_that_this_network_does_not_have_changes_nothing() -> None:
    app = agreed()
    before = mine(app).layer
    app = trigger(app, "follow", "moved", lead("", "data", "another_layer", 3))
    assert mine(app).layer == before


def test_who_works_on_an_exercise_follows_its_teacher_first() -> None:
    exercise_id = given_out()
    token = services.classroom().students.begin(exercise_id, "Ann", ANN).token
    work = AtWork(exercise().for_student(), exercise_id, 1, token)
    lead(exercise_id, "architecture", "", 0)
    app = agreed("lessons", exercise_at_work=work, label="Follow your teacher")
    assert "<h1>Architecture</h1>" in html_of(app)
    assert heard(app)["address"] == f"cnnlab/follow/{exercise_id}"


def test_a_teacher_publishes_what_stands_on_the_page_and_lets_go() -> None:
    exercise_id = given_out()
    app = open_page("architecture", is_teacher=True, leading=Leading(exercise_id))
    assert not app.exception
    assert "Your students follow you." in text_of(app)
    follow = services.classroom().follow
    seen = follow.read_since(exercise_id, 0)
    assert seen is not None
    assert (seen.page, seen.layer, seen.on) == ("architecture", "", True)
    mine(app).select(3)
    app.run()
    seen = follow.read_since(exercise_id, 0)
    assert seen is not None
    assert seen.layer == "conv2d_1"
    number = seen.number
    app.run()
    assert follow.read_since(exercise_id, number) is None, "nothing is written where nothing has changed"
    app = labelled(app.button, "Let go").click().run()
    seen = follow.read_since(exercise_id, 0)
    assert seen is not None
    assert not seen.on
    assert "follows you" not in text_of(app)


def test_a_place_that_the_teacher_presses_is_followed_until_another_map_is_shown() -> None:
    app = open_page("convolution", is_teacher=True, leading=Leading(""))
    app = trigger(app, "lead", "placed", {"layer": 0, "channel": 0, "row": 7, "column": 9})
    follow = services.classroom().follow
    assert follow.read_since("", 0).place == (7, 9)  # type: ignore[union-attr]
    mine(app).layer = mine(app).layer.looking_at(0, 2)
    app.run()
    assert follow.read_since("", 0).place is None  # type: ignore[union-attr]


def test_a_class_is_asked_at_once_and_stays_while_the_teacher_is_where_no_student_goes() -> None:
    open_page("lessons", is_teacher=True, leading=Leading(""))
    app = labelled(open_page("data").button, "Follow the teacher").click().run()
    assert "<h1>Data</h1>" in html_of(app)
    assert "You follow the teacher." in text_of(app)


def test_without_the_teachers_key_nobody_publishes() -> None:
    app = open_page("data", leading=Leading(""))
    assert services.classroom().follow.read_since("", 0) is None
    assert "follows you" not in text_of(app)
    assert mine(app).network == Network.seed()


def test_a_button_on_the_shelf_leads_everybody() -> None:
    app = open_page("exercises", is_teacher=True)
    app = labelled(app.button, "Let everybody here follow me").click().run()
    assert "Everybody who agreed follows you." in text_of(app)
    go_to(app, "training")
    assert services.classroom().follow.read_since("", 0).page == "training"  # type: ignore[union-attr]
    assert "The teacher shows a page." in text_of(open_page("data"))


@pytest.mark.parametrize(
    ("page", "opens"),
    [
        ("training", {"run_part": HEALTH}),
        ("explain", {"explain_part": LIKES, "unit_layer": 3, "unit_channel": 7}),
        ("feature_maps", {"map_kind": FILTERS}),
        ("sequences", {"sequence_part": AS_LOGOS, "sequence_filter": 5, "sequence_number": 3, "sequence_class": "x"}),
    ],
)
def test_what_is_open_on_a_page_is_followed(page: str, opens: dict[str, Any]) -> None:
    open_page(page, is_teacher=True, leading=Leading(""), **opens)
    app = labelled(open_page("data").button, "Follow the teacher").click().run()
    assert not app.exception
    assert f"<h1>{TITLES[page]}</h1>" in html_of(app)
    assert {name: app.session_state[name] for name in opens if name != "sequence_class"} == {
        name: value for name, value in opens.items() if name != "sequence_class"
    }


def test_the_open_training_is_followed_and_one_that_is_not_here_changes_nothing() -> None:
    app = agreed()
    mine(app).run_id = "mine"
    app = trigger(app, "follow", "moved", lead("", "training", "", 0, None, {"run": RECORDED}))
    assert mine(app).run_id == RECORDED
    for hostile in ("no-such-run", "../../etc", "x" * 120):
        app = trigger(app, "follow", "moved", lead("", "training", "", 0, None, {"run": hostile, "part": hostile}))
        assert not app.exception
        assert mine(app).run_id == RECORDED


def test_a_map_that_the_teacher_presses_is_selected_by_who_follows() -> None:
    teacher = open_page("feature_maps", is_teacher=True, leading=Leading(""))
    trigger(teacher, "lead", "placed", {"layer": 3, "channel": 9, "row": 7, "column": 4})
    assert mine(teacher).layer.selected is None
    app = labelled(open_page("data").button, "Follow the teacher").click().run()
    assert (mine(app).layer.selected, mine(app).layer.channel) == (3, 9)
    assert heard(app)["place"] == {"layer": 3, "channel": 9, "row": 7, "column": 4}


def followed(room: str = "") -> Followed:
    seen = services.classroom().follow.read_since(room, 0)
    assert seen is not None
    return seen


def with_network(text: str) -> int:
    return services.classroom().follow.publish("", Followed("architecture", network=text))


def test_who_follows_sees_the_teachers_network_and_gets_the_own_back() -> None:
    own, shown = PRESETS[1].network, PRESETS[3].network
    app = agreed()
    mine(app).change_network(own)
    app = trigger(app, "follow", "moved", with_network(encode(shown)))
    assert mine(app).network == shown
    assert "whose network you see; your own waits" in text_of(app)
    app = trigger(app, "follow", "moved", with_network(encode(shown.with_image_size(64, 64))))
    assert mine(app).network == shown.with_image_size(64, 64)
    app = labelled(app.button, "Let me go").click().run()
    assert mine(app).network == own
    mine(app).undo()
    assert mine(app).network != shown, "what was only followed is no step of the own history"


def test_a_teacher_who_lets_go_gives_everybody_the_own_network_back() -> None:
    app = agreed()
    app = trigger(app, "follow", "moved", with_network(encode(PRESETS[3].network)))
    app = trigger(app, "follow", "moved", services.classroom().follow.let_go(""))
    assert mine(app).network == Network.seed()
    assert not app.exception


def test_the_network_of_a_lesson_stays_while_a_teacher_is_followed() -> None:
    app = agreed()
    app.query_params["lesson"] = "05-max-pooling"
    app.run()
    of_lesson = mine(app).network
    assert "lesson_dock" in [getattr(node, "key", None) for node in app.main]
    app = trigger(app, "follow", "moved", with_network(encode(PRESETS[3].network)))
    assert mine(app).network == of_lesson
    assert "whose network" not in text_of(app)
    app = labelled(app.button, "Leave the lesson").click().run().run()
    assert mine(app).network == PRESETS[3].network
    assert "whose network" in text_of(app)


def test_a_lesson_that_is_begun_meanwhile_ends_with_the_own_network() -> None:
    app = agreed()
    mine(app).change_network(PRESETS[1].network)
    app = trigger(app, "follow", "moved", with_network(encode(PRESETS[3].network)))
    app.query_params["lesson"] = "05-max-pooling"
    app.run()
    app = labelled(app.button, "Let me go").click().run()
    app = labelled(app.button, "Leave the lesson").click().run()
    assert mine(app).network == PRESETS[1].network


def test_what_was_chosen_while_following_stays() -> None:
    app = agreed()
    app = trigger(app, "follow", "moved", with_network(encode(PRESETS[3].network)))
    mine(app).watch(RECORDED)
    app = labelled(app.button, "Let me go").click().run()
    assert mine(app).network == Network.seed()
    assert mine(app).run_id == RECORDED


def test_a_record_that_cannot_be_asked_for_a_moment_takes_the_network_from_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = agreed()
    app = trigger(app, "follow", "moved", with_network(encode(PRESETS[3].network)))

    def locked(*_: object) -> None:
        raise ClassroomError("The record is in use.")

    with monkeypatch.context() as patch:
        patch.setattr("cnnlab.classroom.follow.Follow.read_since", locked)
        app.run()
        assert mine(app).network == PRESETS[3].network
    app.run()
    assert mine(app).network == PRESETS[3].network


def test_who_becomes_a_teacher_has_the_own_network_back() -> None:
    app = agreed()
    app = trigger(app, "follow", "moved", with_network(encode(PRESETS[3].network)))
    app.session_state["is_teacher"] = True
    app.run()
    assert mine(app).network == Network.seed()


@pytest.mark.parametrize("text", ["1.", "<script>", encode(Network.seed())[:-5]])
def test_a_damaged_network_in_the_record_changes_nothing(text: str) -> None:
    app = agreed()
    app = trigger(app, "follow", "moved", with_network(text))
    assert not app.exception
    assert mine(app).network == Network.seed()


def test_a_teachers_network_is_published_once_it_stands_still() -> None:
    app = open_page("architecture", is_teacher=True, leading=Leading(""))
    app.run()
    for size in (150, 100, 64):
        mine(app).change_network(PRESETS[3].network.with_image_size(size, size))
        app.run()
        assert followed().network == encode(Network.seed()), "a slider that is dragged draws no page of the class"
    app.run()
    assert followed().network == encode(PRESETS[3].network.with_image_size(64, 64))


def test_neither_a_class_nor_what_a_student_made_is_shown_to_everybody() -> None:
    exercise_id = given_out()
    open_page("architecture", is_teacher=True, leading=Leading(exercise_id)).run()
    assert followed(exercise_id).network == ""
    open_page("architecture", is_teacher=True, leading=Leading(""), looked_at="Ann").run()
    assert followed().network == ""
