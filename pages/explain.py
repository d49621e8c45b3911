"""Show which pixels made an answer, what a unit likes, and when such a picture is not to be believed."""

from cnnlab.ui.explain.page import explain
from cnnlab.ui.inside.current import current_subject
from cnnlab.ui.inside.shown import shown_line
from cnnlab.ui.network.lab import open_link
from cnnlab.ui.parts import frame

open_link()
current = current_subject()
frame.page("Explain", "Which pixels decided, and when is such a picture not to be believed?", network=current.network)
shown_line(current)
explain(current)
