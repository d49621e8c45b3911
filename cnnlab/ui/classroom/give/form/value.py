"""Say what an expression is now, for the network that students begin with, or what is wrong with it."""

from cnnlab.core.lessons.facts import FACTS, facts_of
from cnnlab.core.lessons.language import LanguageError, NotYet, evaluate, read, shown
from cnnlab.core.lessons.playing import network_of
from cnnlab.core.lessons.situation import Situation
from cnnlab.core.network import NetworkFormatError
from cnnlab.ui.classroom.give.form.drafting import drafting
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.viz.html import quiet, tag


def value_now(text: str) -> None:
    """Draw the expression with its value; a fact that only a screen knows is said to be one."""
    draft = drafting().draft
    try:
        expression = read(text)
        network = network_of(draft.begin, draft.network)
        if unknown := next((name for name, _ in sorted(expression.asked) if name not in FACTS), ""):
            raise LanguageError(f"There is no fact {unknown}; the page about lessons lists all of them.")
        try:
            said = f"{shown(evaluate(expression, facts_of(Situation(network))))} for the network that they begin with"
        except NotYet:
            said = "known once it stands on the student's screen"
    except (LanguageError, NetworkFormatError, ValueError, TypeError) as error:
        refuse(error)
        return
    show_html(quiet(tag("code", text), ": ", said, "."))
