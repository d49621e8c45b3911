"""Whatever people, files, classes, runs, layers, data sets and models are called, it is words on every page."""

import ast
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import Message
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnlab.core.exchange.imported import ImportedModel, ImportedRow
from cnnlab.core.network import Network
from cnnlab.core.pictures.reference import FromUpload
from cnnlab.core.training.answers import Answers
from cnnlab.core.words import plain
from cnnlab.processes.pictures.kept_files import KeptFile
from cnnlab.runs.judge.retrain import retraining_notebook
from cnnlab.runs.record import State
from cnnlab.runs.record.events import EventWriter
from cnnlab.runs.record.findings import write_answers
from cnnlab.runs.store import Store
from cnnlab.ui.data.explore import VIEWS as EXPLORED
from cnnlab.ui.session.choices import Upload
from cnnlab.ui.session.keys import COMPARE, RUN_PARTS
from cnnlab.ui.training.run.report import report_of
from cnnlab.viz.training.report import report_html
from tests.app.driving import ROOT, go_to, keyed, mine, open_page, wait_for_data
from tests.app.material import data_zip, encoded
from tests.app.run.test_training import EPOCHS, SPEC
from tests.nasty_names import MARK, NASTY

ALL = " ".join(NASTY)
FILES = tuple(name.replace("/", "") for name in NASTY[:-1])
WORDS = {"options", "placeholder", "alt", "id", "url", "name", "raw_value", "raw_values", "default", "element_id"}
MARKUP_IN = {"body", "label", "help", "caption", "captions", "text", "content"}


class Built(HTMLParser):
    """Find what a page builds from a name: an element, or an attribute that is not read out or shown."""

    SHOWN = ("alt", "title", "aria-label", "data-finding", "value")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if MARK in tag or tag in ("script", "style", "iframe"):
            self.found.append(tag)
        if tag == "img" and not dict(attrs).get("src", "").startswith("data:"):  # type: ignore[union-attr]
            self.found.append(str(attrs))
        self.found += [f"{k}={v}" for k, v in attrs if MARK in k or (MARK in (v or "") and k not in self.SHOWN)]

    def handle_comment(self, data: str) -> None:
        self.found.append(data)


def built(html: str) -> list[str]:
    parser = Built()
    parser.feed(html)
    return parser.found


def texts(message: Message, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a message with the name of its field."""
    for field, value in message.ListFields():
        many = [value] if isinstance(value, str | bytes | Message | int | float) else value
        for one in many:
            if isinstance(one, Message):
                yield from texts(one, f"{path}/{field.name}")
            elif isinstance(one, str) and MARK in one:
                yield f"{path}/{field.name}", one


def assert_only_words(app: AppTest, *names: str) -> int:
    """Fail if a name means anything on a page; return how often such names stand there as Markdown or HTML."""
    assert not app.exception
    count = 0

    def look(node: Any) -> None:
        nonlocal count
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message):
            for place, text in texts(proto):
                field = place.rpartition("/")[2]
                if node.type == "html":
                    assert built(text) == [], text
                elif field not in WORDS or (field == "options" and node.type in ("radio", "button_group")):
                    if field in ("json", "bytes"):
                        continue
                    assert field in MARKUP_IN | {"options"}, (node.type, place, text)
                    assert not any(name in text for name in names if plain(name) != name), (node.type, place, text)
                else:
                    continue
                count += 1
        for child in getattr(node, "children", {}).values():
            look(child)

    look(app._tree)
    return count


def recorded(store: Store) -> str:
    """Record a run that has ended, of somebody and of data with nasty names, and one that goes on."""
    spec = replace(SPEC, name=ALL, data_name=ALL)
    for state in (State.RUNNING, State.FINISHED):
        run = store.create(spec, State.STARTING, nickname=ALL, owner="somebody else")
        store.transition(run.id, State.RUNNING)
        writer = EventWriter(store.folder(run.id) / "metrics.jsonl")
        start = {"type": "start", "classes": [FILES[0], FILES[4]], "counts": [3, 4], "batches": 10}
        writer.append({**start, "epochs": 2, "validation_batches": 3, "loss": "binary_crossentropy"})
        for epoch in EPOCHS:
            writer.append(epoch)
        writer.close()
        names = tuple(f"validation/{ALL}/{i}" for i in range(4))
        answers = Answers((FILES[0], FILES[4]), np.array([0, 0, 1, 1]), np.array([[0.1], [0.9], [0.8], [0.3]]), names)
        write_answers(store.folder(run.id) / "evaluation.json", answers)
        if state == State.FINISHED:
            store.transition(run.id, State.FINISHED, ALL)
    return run.id


def test_a_run_is_called_anything(store: Store) -> None:
    ended = recorded(store)
    app = open_page("training", nickname=ALL)
    seen = 0
    for run in store.runs():
        app.query_params["run"] = run.id
        for part in RUN_PARTS:
            app.session_state["run_part"] = part
            seen += assert_only_words(app.run(), *NASTY)
            assert app.query_params["run"] == run.id, "runs with one label are told apart"
    assert seen > 15
    app.session_state["run_part"] = COMPARE
    figure = json.loads(keyed(app.run(), "compared_lines").proto.json)[0]["figure"]
    assert f"<{MARK}" not in figure
    assert "%{x} {" not in figure.replace("epoch %{x}", "")
    run, story = store.get(ended), store.story(ended)
    page = report_html(report_of(run, story, ALL, ALL))
    assert built(page) == ["style"], "its own"
    assert page.count(MARK) > 30
    written = json.loads(retraining_notebook(replace(run.spec, data="/elsewhere"), "binary_crossentropy", FILES[:2]))
    prose = ["".join(cell["source"]) for cell in written["cells"] if cell["cell_type"] == "markdown"]
    assert any(plain(ALL) in text for text in prose)
    assert not any(name in text for name in NASTY for text in prose if plain(name) != name)


def test_a_data_set_and_its_classes_are_called_anything() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i, name in enumerate(FILES):
            for split in ("train", "validation"):
                picture = encoded(Image.new("RGB", (8, 8), (9 * i, 200 - i, len(split))), "PNG")
                archive.writestr(f"{split}/{name}/{name}.png", picture)
    app = open_page("data")
    wait_for_data(app.file_uploader(key="data_file").upload(f"{FILES[5]}.zip", out.getvalue(), "application/zip").run())
    assert mine(app).data.reference != "silhouettes", [error.value for error in app.error]
    seen = 0
    for part in EXPLORED:
        app.session_state["explore_view"] = part
        seen += assert_only_words(app.run(), *FILES)
    assert seen > 20
    assert_only_words(go_to(app, "training"), *FILES)


def test_a_file_that_is_refused_is_called_anything() -> None:
    app = open_page("data")
    refused = data_zip({f"train/{FILES[0]}": 2})
    wait_for_data(app.file_uploader(key="data_file").upload(f"{FILES[5]}.zip", refused, "application/zip").run())
    assert app.error
    assert assert_only_words(app, *FILES)


@pytest.mark.usefixtures("no_inference")
def test_a_picture_and_a_model_are_called_anything(home: Path) -> None:
    app = open_page("feature_maps", weights_source="random")
    rows = (ImportedRow(FILES[0], FILES[1], (8, 8, 3), 9, (FILES[2],)),)
    visitor = mine(app)
    seed = Network.seed().with_image_size(30, 30)
    visitor.models = {
        "plain": ImportedModel(ALL, Path("/none"), "p" * 64, (30, 30, 3), False, (), (), 9, seed, ""),
        "branched": ImportedModel(ALL, Path("/none"), "b" * 64, (8, 8, 3), False, rows, (), 9, None, ALL),
    }
    held = visitor.picture.held
    assert held is not None
    called = replace(held, facts=replace(held.facts, name=ALL))
    upload = Upload(called, KeptFile(home, b""), "data:image/jpeg;base64,")
    visitor.picture = visitor.picture.brought(FromUpload("a"), upload)
    app.session_state["picture_refused"] = [f"{name} is no picture." for name in NASTY]
    app.session_state["model_refused"] = f"{ALL} is no model."
    seen = 0
    for source, name in (("random", "feature_maps"), ("branched", "convolution"), ("random", "augmentation")):
        app.session_state["weights_source"] = source
        seen += assert_only_words(go_to(app, name), *NASTY)
    app.session_state["weights_source"] = "branched"
    seen += assert_only_words(go_to(app, "feature_maps"), *NASTY)
    assert seen > 20


def test_a_typed_folder_is_called_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNNLAB_DATA_ROOT", str(tmp_path))
    app = open_page("data", typed_tree="\n".join(f"train/{name}/{name}.jpg" for name in FILES))
    app.text_input(key="data_folder").set_value(ALL.replace("/", "")).run()
    assert app.error
    assert assert_only_words(app, *FILES) > 1


SAID_IN_MARKDOWN = ("error", "warning", "info", "success", "toast", "markdown", "caption", "spinner")


def is_words(said: ast.expr) -> bool:
    """Tell whether an expression is a constant, what the one escape returns, or made of such."""
    if isinstance(said, ast.JoinedStr):
        return all(is_words(part.value) for part in said.values if isinstance(part, ast.FormattedValue))
    if isinstance(said, ast.BinOp):
        return is_words(said.left) and is_words(said.right)
    if isinstance(said, ast.Name):
        return said.id.isupper()
    return isinstance(said, ast.Constant) or (isinstance(said, ast.Call) and getattr(said.func, "id", "") == "plain")


@pytest.mark.parametrize("path", [*(ROOT / "cnnlab" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")], ids=str)
def test_no_sentence_in_markdown_holds_anything_that_is_not_escaped(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        said = isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("st.") in SAID_IN_MARKDOWN
        if said and isinstance(node, ast.Call) and node.args:
            assert is_words(node.args[0]), f"{path.name}:{node.lineno} says what may be Markdown"
