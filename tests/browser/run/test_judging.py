"""Judging a training in a real browser: its curves follow the threshold, and its report holds what was just written."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from playwright.sync_api import expect

from cnnlab.core.training.answers import Answers
from cnnlab.runs.record.findings import write_answers
from cnnlab.runs.store import Store
from tests.app.run.test_training import finished
from tests.browser.support.serving import Server
from tests.browser.support.watching import WAIT, Watched

NAMES = tuple(f"validation/cats/{i}" for i in range(3)) + tuple(f"validation/dogs/{i}" for i in range(180, 183))
OUTPUTS = np.array([[0.1], [0.52], [0.7], [0.51], [0.8], [0.9]])
STEPS_OF_TEN = 10
QUIET = 600  # milliseconds


SIX = Answers(("cats", "dogs"), np.array([0, 0, 0, 1, 1, 1]), OUTPUTS, NAMES)


def judged(server: Server, answers: Answers = SIX) -> str:
    """Record a finished run with these answers, and return its id."""
    store = Store(server.home)
    run_id = finished(store)
    write_answers(store.folder(run_id) / "evaluation.json", answers)
    store.close()
    return run_id


def test_the_point_on_both_curves_follows_the_threshold(server: Server, visitor: Watched) -> None:
    page = visitor.open(f"training?run={judged(server)}", "Training")
    page.get_by_role("radio", name="Where is it wrong?").click()
    roc, precision = (page.locator(f".rates figure[data-curve={kind}] svg") for kind in ("roc", "pr"))
    expect(roc).to_have_attribute(
        "aria-label",
        "ROC, area 0.778; at threshold 0.50: cats given dogs 0.67, recall of dogs 1.00",
    )
    mark = roc.locator("circle")
    before = mark.get_attribute("cx")
    assert before is not None
    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()
    for _ in range(STEPS_OF_TEN):
        slider.press("ArrowRight")
    expect(roc).to_have_attribute(
        "aria-label", "ROC, area 0.778; at threshold 0.60: cats given dogs 0.33, recall of dogs 0.67"
    )
    expect(mark).not_to_have_attribute("cx", before)
    expect(precision).to_have_attribute(
        "aria-label",
        "Precision-recall, area 0.867; at threshold 0.60: recall of dogs 0.67, precision of dogs 0.67",
    )


def test_model_and_folder_of_a_training_are_saved_under_its_name(server: Server, visitor: Watched) -> None:
    run_id = judged(server)
    page = visitor.open(f"training?run={run_id}", "Training")
    for label, ending in (("Model (.keras)", "keras"), ("Everything (.zip)", "zip")):
        with page.expect_download(timeout=WAIT) as waiting:
            page.get_by_role("link", name=label, exact=True).click()
        assert waiting.value.suggested_filename == f"{run_id}.{ending}"
        with zipfile.ZipFile(waiting.value.path()) as archive:
            assert archive.testzip() is None


def test_where_a_class_is_rare_its_precision_stands_first_and_every_step_finds_one_more(
    server: Server, visitor: Watched
) -> None:
    labels = np.arange(300) % 60 == 0
    outputs = np.where(labels, 0.01 + np.arange(300) / 1e5, np.arange(300) / 5e4)[:, None]
    names = tuple(f"validation/dogs/{i}" for i in range(300))
    rare = Answers(("cats", "dogs"), labels.astype(int), outputs, names)
    page = visitor.open(f"training?run={judged(server, rare)}", "Training")
    page.get_by_role("radio", name="Where is it wrong?").click()
    first = page.locator(".confusion > :first-child")
    expect(first).to_contain_text("Precision-recall, area 1.000")
    expect(first.locator("svg")).to_have_attribute(
        "aria-label", "Precision-recall, area 1.000; at threshold 0.50: no picture to judge by"
    )
    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()
    for found in ("0.20", "0.40"):
        slider.press("ArrowLeft")
        expect(first.locator("svg")).to_have_attribute(
            "aria-label", re.compile(rf"at threshold 0\.01\d+: recall of dogs {found}, precision of dogs 1\.00")
        )
    expect(page.locator(".facts")).to_have_text(re.compile("^precision of dogs 100.0 %.*accuracy 99.0 %$"))


def test_a_report_holds_the_conclusion_that_was_just_written(server: Server, visitor: Watched, tmp_path: Path) -> None:
    page = visitor.open(f"training?run={judged(server)}", "Training")
    written = page.get_by_label("Your conclusion, for the report")
    written.press_sequentially("The dogs & I were <wrong>.")
    # The server hears of a text when the keys have been quiet for a moment.
    page.wait_for_timeout(QUIET)
    visitor.settle()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report (.html)").click()
    kept = tmp_path / "report.html"
    download.value.save_as(kept)
    text = kept.read_text(encoding="utf-8")
    said = " ".join("".join(ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n")).itertext()).split())
    for found in ("a finished one", "78.2%", "loss 0.513", "The dogs & I were <wrong>."):
        assert found in said
