"""Draw what a data set is and whether it can be trusted: counts, which class is which number, and the findings."""

import numpy as np
import streamlit as st

from cnnlab.core.classroom.handles import DATA
from cnnlab.core.data.datasets import DataSet, DataSetError, describe_class_order
from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.words import plain
from cnnlab.ui.data.current import current_data, ordered
from cnnlab.ui.data.explore import explore
from cnnlab.ui.data.export import data_export
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_locked
from cnnlab.viz.html import (
    NOTHING,
    Html,
    aside,
    bold,
    column_head,
    line,
    number_cell,
    paragraph,
    quiet,
    table,
    tag,
    together,
)

FILES_SHOWN = 200
POST_CLASSES = ("dogs", "cats")
INFORMING = ("bundled", "divided", "by_name", "splits", "junk", "keras")  # how their kinds begin
CHECKS = (
    "one class only, class folders that differ, empty classes, imbalance, exact copies and near duplicates, within a "
    "split and across training and validation, one picture with two labels, unreadable files, files that are no "
    "pictures, odd colour modes, tiny pictures, extreme shapes, what an operating system left behind"
)


def show_data() -> None:
    """Draw the counts, the order of the classes, the findings and the pictures of the current set."""
    try:
        data = ordered(shared().data.reference)
    except DataSetError as error:
        refuse(error)
        return
    left, right = st.columns([6, 5], gap="medium")
    with left, st.container(key="data_counts"):
        _counts(data)
    with right, st.container(key="class_order"):
        _class_order(data)
    _doctor(data)
    explore(data)
    data_export(data, current_data().name)


def _counts(data: DataSet) -> None:
    splits = (("training", data.train), ("validation", data.validation))
    counts = {name: np.bincount(split.labels, minlength=len(data.classes)).tolist() for name, split in splits}
    most = max(max(each) for each in counts.values())
    heads = ("split", *(column_head(aside(f"class {i}"), f" {name}") for i, name in enumerate(data.classes)), "all")
    lines = (
        line(name, *(_count(n, most) for n in each), number_cell(f"{sum(each):,}")) for name, each in counts.items()
    )
    chosen = data.classes != data.sorted_classes
    show_html(
        table("Pictures of each class in each split", heads, lines, "shapes counts"),
        paragraph(describe_class_order(data.classes, chosen=chosen, as_keras=data.report.as_keras)),
    )


def _count(n: int, most: int) -> Html:
    return number_cell(f"{n:,}", tag("i", class_="bar", style=f"--share:{n / most:.3f}"))


def _class_order(data: DataSet) -> None:
    """Draw what the network's output means, and the switch that numbers the classes the other way round."""
    if len(data.classes) == 2:
        show_html(
            tag("div", "output = P(class 1) = ", bold(f"P({data.classes[1]})"), class_="formula"),
            quiet(f"0 means {data.classes[0]}, 1 means {data.classes[1]}: what one sigmoid unit answers."),
        )
    other = tuple(reversed(data.sorted_classes))
    key = f"reverse_classes_{data.name}"
    st.session_state[key] = data.classes != data.sorted_classes
    st.toggle(
        f"Number them the other way: {plain(', '.join(f'{name} {i}' for i, name in enumerate(other)))}",
        key=key,
        disabled=is_locked(DATA, "data"),
        on_change=lambda: _reverse(bool(st.session_state[key]), other),
        help=f"As classes={plain(str(list(other)))} in Keras. It holds for every training that you start from now on.",
    )
    if sorted(data.classes) == sorted(POST_CLASSES):
        show_html(_post_table(data))


def _reverse(reverse: bool, other: tuple[str, ...]) -> None:
    mine = shared()
    mine.data = mine.data.ordered(mine.data.reference, other if reverse else None)


def _post_table(data: DataSet) -> Html:
    who = "Keras sorts the folder names" if data.report.as_keras else "sorted names of these folders"
    rows = (
        (who, data.sorted_classes),
        ("the post says", POST_CLASSES),
        ("your trainings", data.classes),
    )
    lines = (line(who, *names) for who, names in rows)
    return together(
        table("Which class has which number", (tag("th"), "0", "1"), lines),
        quiet("The post's numbers need ", tag("code", "classes=['dogs', 'cats']"), "; its code does not have it."),
    )


def _doctor(data: DataSet) -> None:
    """Draw one line a finding, which opens to the files that it is about."""
    details = data.report.details
    with st.container(key="data_doctor"):
        if details:
            show_html(tag("div", *map(_finding, details), class_="findings"))
        if all(finding.kind == "bundled" for finding in details):
            asked = tag("summary", bold("Nothing wrong was found."), " What was looked for")
            show_html(tag("details", asked, f"{CHECKS}.", class_="quiet"))


def _finding(finding: Finding) -> Html:
    color = "#b3261e" if finding.serious else "#0b6e99" if finding.kind.startswith(INFORMING) else "#c4560a"
    action = NOTHING if finding.kind == "bundled" else together(" ", aside(finding.action))
    drawn = {"class_": "notice", "style": f"--notice:{color}", "data_finding": finding.kind}
    if not finding.files:
        return tag("div", finding.sentence, action, **drawn)
    files = [tag("li", tag("code", file)) for file in finding.files[:FILES_SHOWN]]
    if (more := len(finding.files) - FILES_SHOWN) > 0:
        files.append(tag("li", f"and {more:,} more"))
    return tag("details", tag("summary", finding.sentence, action), tag("ul", *files), **drawn)
