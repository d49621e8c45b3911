"""Let a visitor write a conclusion and take a run along as a page to hand in."""

import platform
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from cnnlab.core.data.datasets import DataSetError
from cnnlab.core.training.answers import Answers, most_confident_mistakes
from cnnlab.core.training.story import Event, Story
from cnnlab.core.words.numbers import probability
from cnnlab.runs.engine.capacity import describe_place
from cnnlab.runs.judge.compare import described
from cnnlab.runs.judge.health import remarks
from cnnlab.runs.record import Run
from cnnlab.runs.record.by_hand import told_by_hand
from cnnlab.runs.record.findings import read_answers
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import any_text, record
from cnnlab.ui.session.services import runs
from cnnlab.ui.session.visitor import nickname
from cnnlab.ui.training.run.evaluation import thumbnail
from cnnlab.viz.training.report import Mistake, Report, report_html

SHOWN = 5
LONGEST = 4000  # letters of a conclusion
LONGEST_RUN = 200  # letters of what names a run


@dataclass(frozen=True)
class Conclusion:
    """Hold what was typed about a run."""

    run: str
    text: str


class ConclusionSends:
    """Declare what the field sends: its text, while it is typed."""

    text = Message(record(Conclusion, run=any_text(LONGEST_RUN), text=any_text(LONGEST)))


_CONCLUSION = component(
    "conclusion", "run/conclusion.js", html="run/conclusion.html", styles=["run/conclusion.css"], sends=ConclusionSends
)


def conclusion_field(run: Run) -> None:
    """Draw the field for the visitor's own conclusion, which goes into the report."""
    kept = _conclusions()

    def keep(sent: Conclusion) -> None:
        if sent.run == run.id:
            kept[run.id] = sent.text

    _CONCLUSION("conclusion", [{"run": run.id, "text": kept.get(run.id, "")}], ConclusionSends.text.to(keep))


def _conclusions() -> dict[str, str]:
    """Return what this visitor has written, by run."""
    kept: dict[str, str] = st.session_state.setdefault("conclusions", {})
    return kept


def report_button(run: Run, story: Story) -> None:
    """Draw the download of the report, made when it is pressed."""
    kept, author = _conclusions(), run.nickname or nickname().strip()
    st.download_button(
        "Report (.html)",
        lambda: report_html(report_of(run, story, author, kept.get(run.id, ""))),
        f"{run.id}.html",
        "text/html",
        on_click="ignore",
        help="One page to hand in: opens in every browser, needs no network, prints on A4.",
    )


def report_of(run: Run, story: Story, author: str, conclusion: str) -> Report:
    """Return what the report of a run tells, from its record."""
    start = story.last_start
    answers = read_answers(runs().folder(run.id) / "evaluation.json")
    launched = datetime.fromtimestamp(run.created)
    return Report(
        title=run.spec.name,
        author=author,
        date=f"{launched:%d %B %Y, %H:%M}",
        state=" ".join(filter(None, (f"This training is {run.state}.", run.message))),
        network=run.spec.network,
        data=_data(run, start),
        settings=_settings(run, start, story),
        made_with=_made_with(run, start),
        ended=story.epochs,
        validation_samples=int(start.get("validation_samples", 0)),
        answers=answers,
        mistakes=() if answers is None else _mistakes(run, answers),
        remarks=[(r.found, f"{r.cause} {r.remedy}") for r in remarks(story, run.spec)],
        conclusion=conclusion,
    )


def _data(run: Run, start: Event) -> list[tuple[str, str]]:
    rows = [("name", run.spec.data_name)]
    for said, key in (("training", "counts"), ("validation", "validation_counts")):
        if key in start:
            counted = zip(start["classes"], start[key], strict=True)
            rows.append((said, ", ".join(f"{count:,} {name}" for name, count in counted)))
    if "data_fingerprint" in start:
        rows.append(("fingerprint", str(start["data_fingerprint"])))
    return rows


def _settings(run: Run, start: Event, story: Story) -> list[tuple[str, str]]:
    rows = dict(described(run.spec)) | ({"loss": str(start["loss"])} if "loss" in start else {})
    if by_hand := told_by_hand(story):
        rows["learning rate"] += by_hand
        rows["schedule of the learning rate"] += " until it was set by hand"
    return list(rows.items())


def _made_with(run: Run, start: Event) -> list[tuple[str, str]]:
    versions = ", ".join(f"{name} {number}" for name, number in start.get("versions", {}).items())
    rows = [("run", run.id), ("trained", describe_place(run.spec.threads, start.get("device"), run.node) or "")]
    rows += [("versions", versions), ("system", platform.system())]
    return [(name, value) for name, value in rows if value]


def _mistakes(run: Run, answers: Answers) -> list[Mistake]:
    """Return the surest mistakes with small pictures, none if the data set is no longer there."""
    given, probabilities = answers.predicted(), answers.probabilities()
    try:
        return [
            Mistake(
                thumbnail(run.spec.data, answers.names[i]),
                f"is {answers.classes[answers.labels[i]]}, given {answers.classes[given[i]]} "
                f"{probability(float(probabilities[i, given[i]]))}",
            )
            for i in most_confident_mistakes(answers, SHOWN)
        ]
    except DataSetError:
        return []
