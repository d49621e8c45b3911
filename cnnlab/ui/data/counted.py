"""Draw what every data set has: counts of its classes, which class is which number, and what was found."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab.core.classroom.handles import DATA
from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.words import plain
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.viz.html import (
    NOTHING,
    Html,
    aside,
    bold,
    column_head,
    line,
    number_cell,
    quiet,
    table,
    tag,
    together,
)

FILES_SHOWN = 200
INFORMING = ("bundled", "divided", "by_name", "splits", "junk", "keras", "baseline", "unknown")
"""How the kinds of findings begin that are nothing to mend."""


def counts_table(said: str, classes: Sequence[str], labels: Mapping[str, npt.NDArray[np.int64]]) -> Html:
    """Return how many of each class each split has, from the labels of each."""
    counts = {name: np.bincount(each, minlength=len(classes)).tolist() for name, each in labels.items()}
    most = max(max(each) for each in counts.values())
    heads = ("split", *(column_head(aside(f"class {i}"), f" {name}") for i, name in enumerate(classes)), "all")
    lines = (
        line(name, *(_count(n, most) for n in each), number_cell(f"{sum(each):,}")) for name, each in counts.items()
    )
    return table(said, heads, lines, "shapes counts")


def _count(n: int, most: int) -> Html:
    return number_cell(f"{n:,}", tag("i", class_="bar", style=f"--share:{n / most:.3f}"))


def counts_and_order(
    counts: Html, name: str, classes: tuple[str, ...], usual: tuple[str, ...], below: Html = NOTHING
) -> None:
    """Draw the counts of a set, and beside them the order of its classes with what stands below it."""
    left, right = st.columns([6, 5], gap="medium")
    with left, st.container(key="data_counts"):
        show_html(counts)
    with right, st.container(key="class_order"):
        _class_order(name, classes, usual)
        if below:
            show_html(below)


def doctor(findings: Sequence[Finding], nothing: Html = NOTHING) -> None:
    """Draw one line a finding, which opens to the files that it is about, and what is said where none is serious."""
    with st.container(key="data_doctor"):
        if findings:
            show_html(tag("div", *map(_finding, findings), class_="findings"))
        if nothing:
            show_html(nothing)


def _class_order(name: str, classes: tuple[str, ...], usual: tuple[str, ...]) -> None:
    """Draw what the network's output means, and the switch that numbers the classes the other way round."""
    if len(classes) == 2:
        show_html(
            tag("div", "output = P(class 1) = ", bold(f"P({classes[1]})"), class_="formula"),
            quiet(f"0 means {classes[0]}, 1 means {classes[1]}: what one sigmoid unit answers."),
        )
    if is_hidden(DATA, "data"):
        return
    other = tuple(reversed(usual))
    key = f"reverse_classes_{name}"
    st.session_state[key] = classes != usual
    st.toggle(
        f"Number them the other way: {plain(', '.join(f'{each} {i}' for i, each in enumerate(other)))}",
        key=key,
        disabled=is_locked(DATA, "data"),
        on_change=lambda: _reverse(bool(st.session_state[key]), other),
        help=f"As classes={plain(str(list(other)))} in Keras. It holds for every training that you start from now on.",
    )


def _reverse(reverse: bool, other: tuple[str, ...]) -> None:
    mine = shared()
    mine.data = mine.data.ordered(mine.data.reference, other if reverse else None)


def _finding(finding: Finding) -> Html:
    """Return one finding, which opens to the files that it is about."""
    color = "#b3261e" if finding.serious else "#0b6e99" if finding.kind.startswith(INFORMING) else "#c4560a"
    action = NOTHING if finding.kind == "bundled" else together(" ", aside(finding.action))
    drawn = {"class_": "notice", "style": f"--notice:{color}", "data_finding": finding.kind}
    if not finding.files:
        return tag("div", finding.sentence, action, **drawn)
    files = [tag("li", tag("code", file)) for file in finding.files[:FILES_SHOWN]]
    if (more := len(finding.files) - FILES_SHOWN) > 0:
        files.append(tag("li", f"and {more:,} more"))
    return tag("details", tag("summary", finding.sentence, action), tag("ul", *files), **drawn)
