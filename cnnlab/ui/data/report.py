"""Draw what a data set is and whether it can be trusted: counts, which class is which number, and the findings."""

from html import escape

import numpy as np
import streamlit as st

from cnnlab.core.data.data_doctor import Finding
from cnnlab.core.data.datasets import DataSet, DataSetError, describe_class_order
from cnnlab.core.markdown import plain
from cnnlab.ui.data.current import current_data, ordered
from cnnlab.ui.data.explore import explore
from cnnlab.ui.data.export import data_export
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared

FILES_SHOWN = 200
POST_CLASSES = ("dogs", "cats")
INFORMING = ("bundled", "divided", "by_name", "junk")
CHECKS = (
    "one class only, class folders that differ, empty classes, imbalance, exact copies and near duplicates, within a "
    "split and across training and validation, one picture with two labels, unreadable files, files that are no "
    "pictures, odd colour modes, tiny pictures, extreme shapes, what an operating system left behind"
)


def show_data() -> None:
    """Draw the counts, the order of the classes, the findings and the pictures of the current set."""
    try:
        data = ordered(shared().data_reference)
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
    most = max(int(np.bincount(split.labels).max()) for _, split in splits)
    head = "".join(
        f'<th scope="col"><span class="quiet">class {i}</span> {escape(name)}</th>'
        for i, name in enumerate(data.classes)
    )
    lines = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(
            f'<td class="number">{n:,}<i class="bar" style="--share:{n / most:.3f}"></i></td>'
            for n in np.bincount(split.labels, minlength=len(data.classes))
        )
        + f'<td class="number">{len(split):,}</td></tr>'
        for name, split in splits
    )
    chosen = data.classes != data.sorted_classes
    st.html(
        '<table class="shapes counts"><caption class="said">Pictures of each class in each split</caption><thead><tr>'
        f'<th scope="col">split</th>{head}<th scope="col">all</th></tr></thead><tbody>{lines}</tbody></table>'
        f"<p>{escape(describe_class_order(data.classes, chosen=chosen))}</p>"
    )


def _class_order(data: DataSet) -> None:
    """Draw what the network's output means, and the switch that numbers the classes the other way round."""
    if len(data.classes) == 2:
        st.html(
            f'<div class="formula">output = P(class 1) = <b>P({escape(data.classes[1])})</b></div>'
            f'<p class="quiet">0 means {escape(data.classes[0])}, 1 means {escape(data.classes[1])}: what one sigmoid '
            "unit answers.</p>"
        )
    other = tuple(reversed(data.sorted_classes))
    key = f"reverse_classes_{data.name}"
    st.session_state[key] = data.classes != data.sorted_classes
    st.toggle(
        f"Number them the other way: {plain(', '.join(f'{name} {i}' for i, name in enumerate(other)))}",
        key=key,
        on_change=lambda: _reverse(bool(st.session_state[key]), other),
        help=f"As classes={plain(str(list(other)))} in Keras. It holds for every training that you start from now on.",
    )
    if sorted(data.classes) == sorted(POST_CLASSES):
        st.html(_post_table(data))


def _reverse(reverse: bool, other: tuple[str, ...]) -> None:
    mine = shared()
    mine.class_orders.pop(mine.data_reference, None)
    if reverse:
        mine.class_orders[mine.data_reference] = other


def _post_table(data: DataSet) -> str:
    rows = (
        ("Keras sorts the folder names", data.sorted_classes),
        ("the post says", POST_CLASSES),
        ("your trainings", data.classes),
    )
    lines = "".join(
        f'<tr><th scope="row">{who}</th>' + "".join(f"<td>{escape(name)}</td>" for name in names) + "</tr>"
        for who, names in rows
    )
    return (
        '<table class="shapes"><caption class="said">Which class has which number</caption><thead><tr><th></th>'
        f'<th scope="col">0</th><th scope="col">1</th></tr></thead><tbody>{lines}</tbody></table>'
        "<p class='quiet'>The post's numbers need <code>classes=['dogs', 'cats']</code>; its code does not have it.</p>"
    )


def _doctor(data: DataSet) -> None:
    """Draw one line a finding, which opens to the files that it is about."""
    details = data.report.details
    with st.container(key="data_doctor"):
        if details:
            st.html(f'<div class="findings">{"".join(map(_finding, details))}</div>')
        if all(finding.kind == "bundled" for finding in details):
            st.html(
                '<details class="quiet"><summary><b>Nothing wrong was found.</b> What was looked for</summary>'
                f"{CHECKS}.</details>"
            )


def _finding(finding: Finding) -> str:
    color = "#b3261e" if finding.serious else "#0b6e99" if finding.kind in INFORMING else "#c4560a"
    action = "" if finding.kind == "bundled" else f' <span class="quiet">{escape(finding.action)}</span>'
    said = f'style="--notice:{color}" data-finding="{finding.kind}"'
    if not finding.files:
        return f'<div class="notice" {said}>{escape(finding.sentence)}{action}</div>'
    shown = "".join(f"<li><code>{escape(file)}</code></li>" for file in finding.files[:FILES_SHOWN])
    more = len(finding.files) - FILES_SHOWN
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return (
        f'<details class="notice" {said}><summary>{escape(finding.sentence)}{action}</summary>'
        f"<ul>{shown}{rest}</ul></details>"
    )
