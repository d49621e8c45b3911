"""Draw the directory explorer: a folder tree that can be typed over, and what Keras would say about each folder."""

import streamlit as st

from cnnlab.core.teach.keras_directories import (
    MOST_CHARACTERS,
    Answer,
    Path,
    Tree,
    TreeError,
    advice,
    flow_from_directory,
    image_dataset_from_directory,
    parse_tree,
)
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.sent import chosen
from cnnlab.viz.html import NOTHING, Html, aside, bold, line, quiet, table, tag

MOST_ROWS = 12
EXAMPLES = {
    "the post's notebook": "train/\n  data/\n    cat.{0..9}.jpg\n    dog.{0..9}.jpg\ntest/\n  data/\n    {1..9}.jpg",
    "one folder a class": (
        "data/\n  train/\n    cats/\n      cat.{0..999}.jpg\n    dogs/\n      dog.{0..999}.jpg\n"
        "  validation/\n    cats/\n      cat.{1000..1399}.jpg\n    dogs/\n      dog.{1000..1399}.jpg"
    ),
    "Kaggle's download": "train/\n  cat.{0..12499}.jpg\n  dog.{0..12499}.jpg\ntest1/\n  {1..12500}.jpg",
    "a stray hidden folder": (
        "train/\n  .ipynb_checkpoints/\n  cats/\n    cat.{0..9}.jpg\n  dogs/\n    dog.{0..9}.jpg"
    ),
}


def directory_explorer() -> None:
    """Draw the tree to type and the answers for every folder that somebody might name."""
    fold = st.expander("Directory explorer: what would Keras find in a folder?", key="directory_fold")
    with fold, st.container(key="directory_explorer"):
        left, right = st.columns([4, 7], gap="medium")
        with left:
            st.session_state.setdefault("typed_tree", next(iter(EXAMPLES.values())))
            st.selectbox("Example", list(EXAMPLES), key="tree_example", on_change=_take_example)
            text = st.text_area(
                "Folders and files",
                key="typed_tree",
                height=260,
                max_chars=MOST_CHARACTERS,
                help="One a line, nested by indentation, or whole paths, or what `tree` prints; {0..9} means ten.",
            )
        with right:
            _answers(text)


def _take_example() -> None:
    if name := chosen("tree_example", EXAMPLES, ""):
        st.session_state["typed_tree"] = EXAMPLES[name]


def _answers(text: str) -> None:
    try:
        tree = parse_tree(text)
    except TreeError as error:
        refuse(error)
        return
    rows = (_row(tree, directory) for directory in ((), *tree.folders)[:MOST_ROWS])
    heads = ("named folder", "flow_from_directory", "image_dataset_from_directory")
    more = len(tree.folders) + 1 - MOST_ROWS
    rest = quiet(f"{more:,} more folders are not shown.") if more > 0 else NOTHING
    show_html(table("What Keras answers for each folder", heads, rows, "shapes directories"), rest)


def _row(tree: Tree, directory: Path) -> Html:
    old, new = flow_from_directory(tree, directory), image_dataset_from_directory(tree, directory)
    state = "good" if len(old.classes) > 1 and old.count and "splits" not in advice(tree, directory, old) else "bad"
    name = "/".join(directory) + "/" if directory else "."
    advised = aside(advice(tree, directory, old))
    return line(tag("code", name), tag("td", *_said(old), tag("br"), advised), tag("td", *_said(new)), css=state)


def _said(answer: Answer) -> list[Html | str]:
    said: list[Html | str] = [bold(answer.printed)]
    if answer.class_indices:
        said += [tag("br"), ", ".join(f"{name} {i}" for name, i in answer.class_indices.items())]
    if answer.error:
        said += [tag("br"), f"ValueError: {answer.error}"]
    return said
