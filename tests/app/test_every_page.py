"""Every page renders, through the shell and alone, and none brings TensorFlow into the web process."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.core.pictures.reference import FromPattern
from cnnlab.ui.parts.pages import HIDDEN, TITLES
from tests.app.driving import (
    DEADLINE,
    NAMES,
    ROOT,
    go_to,
    html_of,
    keyed,
    lab,
    mine,
    open_page,
    text_of,
    trigger,
    unpacked,
)

HEADLINES = {name: f"<h1>{title}</h1>" for name, title in TITLES.items()}

ALL_PAGES = """
import sys
from streamlit.testing.v1 import AppTest
from cnnlab.processes.inference import Inside
from cnnlab.ui.session import services
client = Inside(services.settings(), command=["false"])
services.inference = lambda: client
app = AppTest.from_file("cnnlab/ui/shell.py", default_timeout=90).run()
assert not app.exception
for name in {names!r}:
    app.switch_page(f"../../pages/{{name}}.py").run()
    assert not app.exception, name
client.close()
print(sorted(name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras", "pandas")))
"""


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_a_page_renders_through_the_shell(name: str) -> None:
    app = open_page(name)
    assert not app.exception
    assert HEADLINES[name] in html_of(app)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_a_page_renders_alone(name: str) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=DEADLINE).run()
    assert not app.exception
    assert HEADLINES[name] in html_of(app)


def test_every_file_in_pages_is_a_page_that_can_be_reached() -> None:
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == set(NAMES)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("architecture", "network_lab"),
        ("convolution", "convolution_view"),
        ("feature_maps", "picture_upload"),
        ("feature_maps", "feature_maps"),
        ("augmentation", "picture_upload"),
        ("augmentation", "augmented_samples"),
        ("training", "start_training"),
    ],
)
def test_a_page_keeps_its_named_containers(name: str, key: str) -> None:
    assert keyed(open_page(name), key) is not None


@pytest.mark.usefixtures("no_inference")
def test_the_strip_stands_once_on_every_page() -> None:
    app = open_page("home")
    assert len(unpacked(app, "living_network")[0]["heads"]) == 16, "on the home page its blocks stand above the columns"
    for name in set(NAMES[1:]) - set(HIDDEN):
        key = "network_lab" if name == "architecture" else "network_strip"
        assert keyed(go_to(app, name), key).proto.json.count('"shape": ') == 16


@pytest.mark.usefixtures("no_inference")
def test_a_layer_selected_in_the_strip_stays_selected_on_the_next_page() -> None:
    app = trigger(open_page("lessons"), "network_strip", "picked", 6)
    assert not app.exception
    go_to(app, "architecture")
    assert '<tr data-layer="6" aria-current="true">' in lab(app)["table"]
    assert mine(app).layer.selected == 6
    assert mine(trigger(app, "network_lab", "picked", 6)).layer.selected == 6, "a second click keeps it"
    assert '"selected": 6' in keyed(go_to(app, "data"), "network_strip").proto.json


def test_a_tab_gives_its_network_back_to_a_new_session_and_to_no_other() -> None:
    other, later = (encode(Network.seed().with_image_size(size, size)) for size in (90, 80))
    app = trigger(open_page("lessons"), "network_strip", "kept", other)
    assert mine(app).network.input_shape == (90, 90, 3)
    assert mine(trigger(app, "network_strip", "kept", later)).network.input_shape == (90, 90, 3)
    mine(app).undo()
    assert mine(app).network == Network.seed()


@pytest.mark.parametrize("kept", ["", "1.x", "<script>", 7, None, ["1."], {"text": "1."}])
def test_a_tab_that_kept_nonsense_changes_nothing(kept: object) -> None:
    app = trigger(open_page("lessons"), "network_strip", "kept", kept)
    assert not app.exception
    assert mine(app).network == Network.seed()


@pytest.mark.parametrize("picked", [99, -1, "3", None, [2], {"a": 1}, 1.5])
def test_an_impossible_selection_is_ignored(picked: object) -> None:
    app = trigger(open_page("lessons"), "network_strip", "picked", picked)
    assert not app.exception
    assert mine(app).layer.selected is None


def test_the_home_page_credits_the_post_and_its_notebook() -> None:
    page = open_page("home")
    assert "Charles Reid" in text_of(page)
    assert "https://charlesreid1.github.io/deconvoluting-convolutional-neural-networks.html" in html_of(page)
    assert "https://github.com/charlesreid1/deconvoluting-convolutions" in html_of(page)


def test_no_page_loads_tensorflow_keras_or_pandas(home: Path) -> None:
    """A list inside a dictionary for a component makes Streamlit load pandas: sixty MiB of every server."""
    command = [sys.executable, "-c", ALL_PAGES.format(names=NAMES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("shape", [(150, 150, 2), (150, 150, 4), (100_000, 100_000, 3), (10**9, 10**9, 1)])
@pytest.mark.parametrize("name", NAMES)
def test_no_page_breaks_on_an_input_that_no_picture_can_become(name: str, shape: tuple[int, int, int]) -> None:
    app = open_page(name)
    visitor = mine(app)
    visitor.change_network(replace(visitor.network, input_shape=shape))
    visitor.picture = replace(visitor.picture, reference=FromPattern("checkerboard"))
    visitor.layer, visitor.lab = visitor.layer.at(0), replace(visitor.lab, unit_open=True)
    app.run()
    assert not app.exception
    said = text_of(app) + "".join(error.value.replace("\\", "") for error in app.error)
    colours = shape[2] in (2, 4)
    if name in ("convolution", "feature_maps", "augmentation") or (name == "training" and colours):
        sentences = (
            ("1 channel (grey) or 3",) if colours else ("a side longer than 16,384 pixels", "it would hold more")
        )
        assert any(sentence in said for sentence in sentences)


@pytest.mark.usefixtures("no_inference")
@pytest.mark.parametrize("name", NAMES)
def test_no_page_breaks_on_the_smallest_picture_there_is(name: str) -> None:
    app = open_page(name)
    mine(app).change_network(replace(mine(app).network, input_shape=(1, 1, 1)))
    assert not app.run().exception
