"""The report of a run is well-formed, needs no network, escapes every text, and its numbers are those of the record."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from cnnlab.core.network import Network
from cnnlab.core.shapes import trace
from cnnlab.core.training.answers import Answers
from cnnlab.viz.training.report import Mistake, Report, report_html
from cnnlab.viz.training.static_curves import static_curves

EVIL = "<script>alert(\"1\")</script> & 'more'"
ENDED = tuple(
    {"epoch": n, "loss": 0.8 / n, "accuracy": 0.5 + n / 20, "val_loss": 0.9 / n, "val_accuracy": accuracy}
    for n, accuracy in ((1, 0.55), (2, 0.825), (3, 0.8))
)
ANSWERS = Answers(
    ("cats", "dogs"), np.array([0, 0, 0, 1, 1]), np.array([[0.1], [0.9], [0.2], [0.8], [0.4]]), tuple("abcde")
)
REPORT = Report(
    title="mine",
    author="Ada",
    date="23 November 2026, 18:00",
    state="This training is finished.",
    network=Network.seed(),
    data=[("name", "silhouettes"), ("training", "800 cats, 800 dogs"), ("fingerprint", "abc123")],
    settings=[("optimizer", "rmsprop"), ("seed", "7")],
    made_with=[("versions", "keras 3.15.1")],
    ended=ENDED,
    validation_samples=800,
    answers=ANSWERS,
    mistakes=[Mistake("data:image/jpeg;base64,AAAA", "is cats, given dogs 0.90")],
    remarks=[("It learns by heart.", "Stop early.")],
    conclusion="I expected more.\nAnd got it.",
)


def parsed(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(report_html(report).removeprefix("<!DOCTYPE html>\n"))


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_every_number_is_that_of_the_record() -> None:
    page = parsed(REPORT)
    said = words(page.find("body"))
    rows = trace(Network.seed())
    for row in rows:
        assert f"{row.name}" in said
        assert f"{row.params:,}" in said
    assert f"{sum(row.params for row in rows):,}" in said
    # Wilson's interval of 640 and of 660 right of 800, of the last epoch and of the best.
    assert "80.0% (77.1% to 82.6%)validation accuracy, last epoch (3); loss 0.300" in said
    assert "82.5% (79.7% to 85.0%)validation accuracy, best epoch (2), picked by this very number; loss 0.450" in said
    assert "training accuracy 65.0%, loss 0.267" in said
    counts = [cell.text for cell in page.iter("td") if cell.get("class") in ("right", "wrong")]
    assert counts == ["2", "1", "1", "1"]
    assert "60.0% right, 95 % interval" in said
    for text in ("mine", "Ada, 23 November 2026", "800 cats, 800 dogs", "abc123", "rmsprop", "keras 3.15.1"):
        assert text in said
    assert "It learns by heart. Stop early." in said
    assert "I expected more." in said
    (picture,) = page.iter("img")
    assert (picture.get("src"), picture.get("alt")) == ("data:image/jpeg;base64,AAAA", "is cats, given dogs 0.90")


def test_no_text_becomes_markup() -> None:
    evil = replace(
        REPORT,
        title=EVIL,
        author=EVIL,
        state=EVIL,
        data=[(EVIL, EVIL)],
        settings=[(EVIL, EVIL)],
        answers=replace(ANSWERS, classes=(EVIL, "dogs")),
        mistakes=[Mistake(f'" onerror="{EVIL}', EVIL)],
        remarks=[(EVIL, EVIL)],
        conclusion=EVIL,
    )
    page = parsed(evil)
    assert not list(page.iter("script"))
    assert "<script" not in report_html(evil)
    assert words(page).count("<script>alert(\"1\")</script> & 'more'") >= 10
    (picture,) = page.iter("img")
    assert set(picture.attrib) == {"src", "alt"}


def test_it_needs_nothing_from_anywhere() -> None:
    text = report_html(REPORT)
    assert "<script" not in text
    assert not re.findall(r'(?:src|href)="(?!data:)', text)
    assert "url(" not in text
    assert "@import" not in text


def test_a_run_without_epochs_answers_or_numbers_has_a_report_too() -> None:
    said = words(parsed(replace(REPORT, ended=(), answers=None, mistakes=(), remarks=(), conclusion="")))
    for text in ("No epoch has ended.", "It was not evaluated.", "None to show.", "Nothing to remark."):
        assert text in said
    with_l2 = [e | {"penalty": 0.1234} for e in ENDED]
    assert "loss 0.300, of that L2 penalty 0.123" in words(parsed(replace(REPORT, ended=with_l2)))
    lost = [ENDED[0], {**ENDED[1], "loss": None, "val_loss": None}]
    assert "loss not a number" in words(parsed(replace(REPORT, ended=lost)))


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_the_curves_go_through_the_recorded_values(metric: str) -> None:
    svg = ElementTree.fromstring(static_curves(ENDED, metric))
    lines = [e for e in svg.iter() if e.tag.endswith("polyline")]
    grid = [e for e in svg.iter() if e.tag.endswith("line") and not e.tag.endswith("polyline")]
    labels = [float(e.text) for e in svg.iter() if e.tag.endswith("text") and e.get("text-anchor") == "end"]
    low, high = float(grid[0].get("y1")), float(grid[-1].get("y1"))
    top = labels[-1]
    for line, prefix in zip(lines, ("", "val_"), strict=True):
        heights = [float(point.split(",")[1]) for point in line.get("points").split()]
        values = [(low - y) / (low - high) * top for y in heights]
        np.testing.assert_allclose(values, [e[prefix + metric] for e in ENDED], atol=0.01 * top)
