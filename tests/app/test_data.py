"""The data page: what is in a set, and what happens to a good and a bad upload."""

import io
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.library import Library
from cnnlab.core.settings import Settings
from tests.app.driving import html_of, keyed, mine, open_page, text_of
from tests.app.material import LAYOUT, data_zip


def counts(app: AppTest) -> list[list[int]]:
    lines = re.findall(r"<tbody>(.*)</tbody>", html_of(keyed(app, "data_counts")))[0].split("</tr>")[:-1]
    return [[int(n.replace(",", "")) for n in re.findall(r'class="number">([\d,]+)<', line)] for line in lines]


def upload(app: AppTest, content: bytes, name: str = "pets.zip") -> AppTest:
    return app.file_uploader(key="data_file").upload(name, content, "application/zip").run()


def test_the_bundled_set_is_counted_and_its_class_order_said() -> None:
    app = open_page("data")
    training, validation = counts(app)
    assert training[0] + training[1] == training[2] > 1000
    assert validation[0] + validation[1] == validation[2] > 200
    said = text_of(keyed(app, "data_counts"))
    assert "Class 0 is cats and class 1 is dogs" in said
    assert "Keras sorts the folder names" in said
    assert "P(dogs)" in said


def test_the_page_says_that_silhouettes_teach_nothing_about_photographs() -> None:
    assert "knows nothing about photographs" in text_of(open_page("data"))


def test_an_uploaded_zip_becomes_the_current_set() -> None:
    app = upload(open_page("data"), data_zip())
    assert not app.exception
    assert not app.error
    assert counts(app) == [[12, 10, 22], [4, 6, 10]]
    assert "pets (uploaded)" in app.radio(key="data_choice").options
    assert app.radio(key="data_choice").value == mine(app).data_reference != "silhouettes"


def test_the_same_zip_twice_is_one_set() -> None:
    content = data_zip()
    app = upload(open_page("data"), content)
    upload(app, content, "again.zip")
    assert len(app.radio(key="data_choice").options) == 2


def test_going_back_to_the_bundled_set_keeps_the_uploaded_one() -> None:
    app = upload(open_page("data"), data_zip())
    app.radio(key="data_choice").set_value("silhouettes").run()
    assert counts(app)[0][2] > 1000
    assert len(app.radio(key="data_choice").options) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (data_zip({"train/data": 6, "validation/data": 3}), "one class folder only"),
        (b"this is no zip", "not a zip archive"),
        (b"", "not a zip archive"),
        (data_zip({"train/cats": 3, "train/dogs": 3, "validation/cats": 2, "validation/cows": 2}), "differ"),
    ],
)
def test_a_refused_zip_gets_one_sentence_and_the_set_before_it_stays(content: bytes, said: str, home: Path) -> None:
    app = upload(open_page("data"), data_zip())
    before = mine(app).data_reference
    upload(app, content, "bad.zip")
    assert not app.exception
    assert len(app.error) == 1
    assert said in app.error[0].value
    assert app.error[0].value.count(". ") == 0, "one sentence"
    assert mine(app).data_reference == before
    assert counts(app) == [[12, 10, 22], [4, 6, 10]]
    assert len(Library(Settings(home)).entries()) == 1


def test_a_good_zip_after_a_bad_one_clears_the_refusal() -> None:
    app = upload(open_page("data"), b"this is no zip")
    assert app.error
    assert not upload(app, data_zip()).error


def test_the_name_of_a_class_folder_never_becomes_html() -> None:
    broken = {**LAYOUT, "train/<b>cats": 2, "validation/<b>cats": 1}
    app = upload(open_page("data"), data_zip(broken))
    assert not app.exception
    assert "&lt;b&gt;cats" in html_of(keyed(app, "data_counts"))
    assert "<b>cats" not in html_of(app)


def test_a_folder_is_offered_only_below_the_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library(Settings(tmp_path / "elsewhere")).add_zip(io.BytesIO(data_zip()), "pets.zip")
    inside = next((tmp_path / "elsewhere" / "data").glob("*/files"))
    root = tmp_path / "root"
    root.mkdir()
    inside.rename(root / "pets")
    monkeypatch.setenv("CNNLAB_DATA_ROOT", str(root))
    app = open_page("data")
    app.text_input(key="data_folder").set_value("../elsewhere").run()
    assert "no folder" in app.error[0].value
    assert mine(app).data_reference == "silhouettes"
    app.text_input(key="data_folder").set_value("pets").run()
    assert not app.error
    assert counts(app) == [[12, 10, 22], [4, 6, 10]]
