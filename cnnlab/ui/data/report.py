"""Draw what a data set is and whether it can be trusted: counts, which class is which number, and the findings."""

from cnnlab.core.data.datasets import DataSet, DataSetError, describe_class_order
from cnnlab.core.sequences.loading import is_sequences
from cnnlab.ui.data.counted import counts_and_order, counts_table, doctor
from cnnlab.ui.data.current import current_data, ordered
from cnnlab.ui.data.explore import explore
from cnnlab.ui.data.export import data_export
from cnnlab.ui.data.sequences.show import show_sequences
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.viz.html import NOTHING, Html, bold, line, paragraph, quiet, table, tag, together

POST_CLASSES = ("dogs", "cats")
CHECKS = (
    "one class only, class folders that differ, empty classes, imbalance, exact copies and near duplicates, within a "
    "split and across training and validation, one picture with two labels, unreadable files, files that are no "
    "pictures, odd colour modes, tiny pictures, extreme shapes, what an operating system left behind"
)


def show_data() -> None:
    """Draw the counts, the order of the classes, the findings and the examples of the current set."""
    if is_sequences(shared().data.reference):
        show_sequences()
        return
    try:
        data = ordered(shared().data.reference)
    except DataSetError as error:
        refuse(error)
        return
    post = _post_table(data) if sorted(data.classes) == sorted(POST_CLASSES) else NOTHING
    counts_and_order(_counts(data), data.name, data.classes, data.sorted_classes, post)
    doctor(data.report.details, _nothing_wrong(data))
    explore(data)
    data_export(data, current_data().name)


def _counts(data: DataSet) -> Html:
    labels = {"training": data.train.labels, "validation": data.validation.labels}
    chosen = data.classes != data.sorted_classes
    return together(
        counts_table("Pictures of each class in each split", data.classes, labels),
        paragraph(describe_class_order(data.classes, chosen=chosen, as_keras=data.report.as_keras)),
    )


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


def _nothing_wrong(data: DataSet) -> Html:
    """Say what was looked for where nothing wrong was found."""
    if any(finding.kind != "bundled" for finding in data.report.details):
        return NOTHING
    asked = tag("summary", bold("Nothing wrong was found."), " What was looked for")
    return tag("details", asked, f"{CHECKS}.", class_="quiet")
