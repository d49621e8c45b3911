"""Show what a network reads in a sequence of DNA."""

from cnnlab.ui.inside.current import current_subject
from cnnlab.ui.inside.shown import shown_line
from cnnlab.ui.parts import frame
from cnnlab.ui.sequences.page import sequences

current = current_subject()
frame.page("Sequences", "Which letters does a network look for, and where?", network=current.network)
shown_line(current)
sequences(current)
