"""The lesson on sequences ends with a word that the student finds, and that no page sends before."""

from streamlit.testing.v1 import AppTest

from cnnlab.processes.inference import Inside
from tests.app.driving import html_of, keyed, labelled, open_page, text_of, trigger, unpacked
from tests.app.lessons.test_lessons import dock, entered, press

SEQUENCES, WORD = "13-from-pictures-to-sequences", "CCATRTTAGG"


def sent(app: AppTest) -> str:
    """Return everything that the browser gets of a page, as one text."""
    return "\n".join(str(getattr(node, "proto", "")) for node in app.main) + "\n" + html_of(app.main)


def test_the_word_that_is_to_be_found_is_sent_nowhere_until_it_is(inference: Inside) -> None:
    app = entered(SEQUENCES, 1)
    assert all(toggle.label != "Show where the motif was planted" for toggle in app.toggle)
    assert WORD not in sent(app)
    for _ in range(3):
        press(app, "lesson_next")
        assert not app.exception
        assert WORD not in sent(app)
    length = len(unpacked(app, "sequence_ask")[0]["letters"])
    trigger(app, "sequence_ask", "mark", {"first": 3, "last": length - 3})
    assert unpacked(app, "sequence_letters")[0]["planted"] is None
    assert "told once you have found the word" in text_of(keyed(app, "sequences"))
    answer = labelled(app.text_input, "Your answer")
    answer.set_value("GGATTRTACC").run()
    assert "These are its letters backwards" in dock(app)
    assert WORD not in sent(app)
    labelled(app.text_input, "Your answer").set_value("CCTAAYATGG").run()
    assert not app.exception
    assert f"Right: it is {WORD}, read on the other strand" in dock(app)
    assert unpacked(app, "sequence_letters")[0]["planted"] is not None
    press(app, "lesson_next")
    assert labelled(app.toggle, "Show where the motif was planted")


def test_what_was_chosen_on_the_page_of_sequences_comes_back_after_a_lesson(inference: Inside) -> None:
    app = open_page("sequences", sequence_text="ACGT", sequence_predict=False, sequence_source="your own")
    app.query_params["lesson"], app.query_params["step"] = SEQUENCES, "4"
    app.run()
    assert app.session_state["sequence_predict"] is True
    assert app.session_state["sequence_source"] == "of the data"
    press(app, "lesson_leave")
    kept = {name: app.session_state[f"sequence_{name}"] for name in ("text", "predict", "source")}
    assert kept == {"text": "ACGT", "predict": False, "source": "your own"}
    assert "motif_withheld" not in app.session_state
