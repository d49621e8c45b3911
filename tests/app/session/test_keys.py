"""Named values of the session: one default, until somebody sets another."""

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from cnnlab.ui.session.keys import AUGMENT, REDRAW_PAGE

    before = AUGMENT.get(), REDRAW_PAGE.take()
    st.toggle("Augment", AUGMENT.default, key=AUGMENT.name)
    REDRAW_PAGE.set(True)
    st.json([*before, AUGMENT.get(), REDRAW_PAGE.take(), REDRAW_PAGE.take()])


def test_a_default_stands_until_a_value_is_set_and_what_is_taken_is_gone() -> None:
    app = AppTest.from_function(script).run()
    assert app.json[0].value == "[true, false, true, true, false]"
    app.toggle(key="augment").set_value(False).run()
    assert app.json[0].value == "[false, false, false, true, false]"
