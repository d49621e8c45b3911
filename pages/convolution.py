"""Show what one kernel does to one patch."""

from cnnlab.ui.inside.convolution import convolution_view
from cnnlab.ui.inside.current import current_subject
from cnnlab.ui.inside.shown import shown_line
from cnnlab.ui.network.lab import open_link
from cnnlab.ui.parts import frame

open_link()
current = current_subject()
frame.page("Convolution", "What does one kernel do to one patch?", network=current.network)
shown_line(current)
convolution_view(current)
