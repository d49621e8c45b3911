"""What a browser sends is looked up among what was offered to it; whatever else it sends changes nothing."""

import ast
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from cnnlab.core.augment import Augmentation
from cnnlab.core.data.library import Library
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.runs.record import RunSpec
from cnnlab.runs.store import Store
from cnnlab.ui.session import sent
from cnnlab.ui.training.launch.asked import take_settings_of
from tests.app.driving import NAMES, ROOT, labelled, mine, open_page, wait_for_data
from tests.app.material import data_zip
from tests.app.session.test_declared_messages import COMPONENTS

ELSEWHERE = "/etc"
HUGE = 10**30
NONSENSE: tuple[Any, ...] = (
    None,
    True,
    -1,
    HUGE,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "²",
    "9" * 5000,
    ELSEWHERE,
    [],
    [HUGE, HUGE],
    [float("nan"), float("inf"), float("nan")],
    [[], {}],
    {},
    {"what": "up", "index": True, "layer": HUGE, "channel": -1, "text": ELSEWHERE, "run": [], "token": {}, "name": 3},
    {"asked": [], "batch": {}, "batch_size": HUGE, "every_number": "x", "class_name": [], "revealed": 1},
)
DECLARED = {component.name: tuple(component.messages) for component in COMPONENTS.values()}


def widgets(app: AppTest) -> list[Any]:
    """Return everything of a page that a browser can send a value of."""
    found = []

    def walk(node: Any) -> None:
        if getattr(getattr(node, "proto", None), "id", "").startswith("$$ID"):
            found.append(node)
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(app._tree)
    return found


def raw(app: AppTest, node: Any, value: str) -> WidgetState:
    """Return the message that names something a widget does not offer."""
    kind, state = node.type, WidgetState(id=node.proto.id)
    if kind in ("radio", "selectbox", "text_input", "text_area"):
        state.string_value = value
    elif kind in ("button_group", "multiselect", "select_slider"):
        state.string_array_value.data.append(value)
    elif kind == "number_input":
        state.double_value = 1e300
    elif kind == "slider":
        state.double_array_value.data.extend([-1e300, 1e300])
    return state


def spec(data: str) -> RunSpec:
    """Return a training on a data set."""
    return RunSpec(
        name="theirs", network=Network.seed(), data=data, data_name="theirs", augmentation=Augmentation.none()
    )


def rooted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the server offer the folders below a root, and return a data set that lies outside of it."""
    Library(Settings(tmp_path / "elsewhere")).add_archive(io.BytesIO(data_zip()), "secret.zip")
    (tmp_path / "root").mkdir()
    monkeypatch.setenv("CNNLAB_DATA_ROOT", str(tmp_path / "root"))
    return str(next((tmp_path / "elsewhere" / "data").glob("*/files")))


def test_the_raw_value_of_the_data_set_reaches_no_folder_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = rooted(tmp_path, monkeypatch)
    app = open_page("data")
    for path in (outside, ELSEWHERE, str(tmp_path / "root"), "../elsewhere", ""):
        states = app._tree.get_widget_states()
        states.widgets.append(WidgetState(id=app.radio(key="data_choice").proto.id, string_value=path))
        app._run(states)
        assert not app.exception
        assert mine(app).data.reference == "silhouettes"
        assert all(
            option.endswith((" (bundled)", " (sequences made here)")) for option in app.radio(key="data_choice").options
        )


def test_a_folder_that_one_visitor_was_given_is_offered_to_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = Path(rooted(tmp_path, monkeypatch))
    outside.rename(tmp_path / "root" / "pets")
    first, second = open_page("data"), open_page("data")
    wait_for_data(first.text_input(key="data_folder").set_value("pets").run())
    assert mine(first).data.reference == str(tmp_path / "root" / "pets")
    first.radio(key="data_choice").set_value("silhouettes").run()
    assert "pets (folder)" in first.radio(key="data_choice").options, "it can be chosen again"
    states = second._tree.get_widget_states()
    chosen = WidgetState(id=second.radio(key="data_choice").proto.id, string_value=str(tmp_path / "root" / "pets"))
    states.widgets.append(chosen)
    assert mine(second._run(states)).data.reference == "silhouettes"


def test_a_run_brings_no_folder_along_that_its_watcher_could_not_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = rooted(tmp_path, monkeypatch)
    (tmp_path / "root" / "pets").mkdir()
    named = str(tmp_path / "root" / "pets")

    def script() -> None:
        import streamlit as st

        st.session_state["said"] = st.session_state["take"](st.session_state["spec"])

    for data, kept in ((outside, "silhouettes"), (f"{named}/../../elsewhere", "silhouettes"), (named, named)):
        app = AppTest.from_function(script)
        app.session_state["take"] = take_settings_of
        app.session_state["spec"] = spec(data)
        app.run()
        assert not app.exception
        assert mine(app).data.reference == kept
        assert ("not offered to you" in app.session_state["said"]) == (kept == "silhouettes")


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_no_page_takes_a_choice_that_it_did_not_offer(name: str, home: Path) -> None:
    store = Store(home)
    store.create(spec("silhouettes"), owner="other")
    store.close()
    app = open_page(name)
    for value in (ELSEWHERE, "9" * 5000):
        states = app._tree.get_widget_states()
        hostile = [raw(app, node, value) for node in widgets(app)]
        states.widgets.extend(state for state in hostile if state.WhichOneof("value"))
        app._run(states)
        assert not app.exception
    assert mine(app).data.reference == "silhouettes"
    assert mine(app).network.layers[:12] == Network.seed().layers[:12]


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_no_component_breaks_on_what_it_never_sends(name: str) -> None:
    send_nonsense(name, (HUGE, [float("nan"), float("inf"), float("nan")], *NONSENSE[-2:]))


@pytest.mark.slow
@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_no_component_breaks_on_any_nonsense(name: str) -> None:
    send_nonsense(name, NONSENSE)


def send_nonsense(name: str, values: Iterable[Any]) -> None:
    """Send every component of a page every value for everything that it may send."""
    app = open_page(name)
    components = [node for node in widgets(app) if node.type == "bidi_component"]
    assert components
    for value in values:
        states = app._tree.get_widget_states()
        for node in components:
            names = DECLARED[node.proto.component_name]
            events = [{"event": name, "value": value} for name in names]
            states.widgets.append(WidgetState(id=node.proto.id, json_value=json.dumps(dict.fromkeys(names, value))))
            trigger = _make_trigger_id(node.proto.id, "events")
            states.widgets.append(WidgetState(id=trigger, json_trigger_value=json.dumps(events)))
        app._run(states)
        assert not app.exception, value
    assert mine(app).network == Network.seed()


def test_a_button_that_is_switched_off_does_nothing_when_it_is_pressed_all_the_same(home: Path) -> None:
    app = open_page("training")
    mine(app).change_network(Network.seed().with_option(0, "kernel_size", 200))
    app.run()
    for label in ("Start training", "Find a learning rate"):
        button = labelled(app.button, label)
        assert button.disabled
        states = app._tree.get_widget_states()
        states.widgets.append(WidgetState(id=button.proto.id, trigger_value=True))
        app._run(states)
        assert not app.exception
    assert Store(home).runs() == []


@pytest.mark.parametrize(
    ("value", "known"),
    [(2, 2), ("2", 2), (0, 0), *((v, None) for v in (True, -1, 3, 2.0, "²", "٢", "-1", "", "9" * 5000))],
)
def test_a_place_is_a_whole_number_within_the_list(value: object, known: int | None) -> None:
    read = sent.place_in_digits if isinstance(value, str) else sent.place
    assert read(value, 3) == known
    assert sent.place(value, 3) in (None, value)


@pytest.mark.parametrize("value", [None, True, [], {}, "a", float("nan"), float("inf"), -1, 2, HUGE])
def test_a_number_outside_its_bounds_is_none(value: object) -> None:
    assert sent.number(value, 0, 1, 0.5) == 0.5


def test_what_is_chosen_is_the_very_thing_that_was_offered() -> None:
    assert sent.among(True, (1, 2), None) is None
    assert sent.among([], ("a",), "b") == "b"
    assert sent.among("a", {"a": 1}, None) == "a"


def test_every_field_for_text_has_a_bound() -> None:
    for path in [*(ROOT / "cnnlab" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
                "text_input",
                "text_area",
                "chat_input",
            ):
                assert any(k.arg == "max_chars" for k in node.keywords), f"{path.name}:{node.lineno} has no max_chars"


def test_nothing_reads_what_a_component_sent_but_by_way_of_its_declaration() -> None:
    for path in (ROOT / "cnnlab" / "ui").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"session_state\[[^]]*\]\.get\(", text), path.name
        assert "_change=" not in re.sub(r"\bon_change=", "", text), path.name
