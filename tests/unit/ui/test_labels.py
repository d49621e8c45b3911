"""Labels of choices: Streamlit finds what was chosen by its label alone."""

from hypothesis import given
from hypothesis import strategies as st

from cnnlab.ui.parts.labels import told_apart


def test_the_first_keeps_its_label_and_the_others_are_numbered() -> None:
    assert told_apart({1: "cat.png", 2: "dog.png", 3: "cat.png", 4: "cat.png (2)"}) == {
        1: "cat.png",
        2: "dog.png",
        3: "cat.png (2)",
        4: "cat.png (2) (2)",
    }


@given(st.lists(st.sampled_from(["", "a", "a (2)", "a (3)", "b"])))
def test_no_two_are_alike_and_each_begins_as_it_is_called(names: list[str]) -> None:
    found = told_apart(dict(enumerate(names)))
    assert list(found) == list(range(len(names)))
    assert len(set(found.values())) == len(names)
    assert all(found[i].startswith(name) for i, name in enumerate(names))
