"""Show what one kernel does to one patch."""

from cnnlab.ui.inside.convolution import convolution_view
from cnnlab.ui.inside.weights import resolve_choice
from cnnlab.ui.parts import frame

choice = resolve_choice()
frame.page("Convolution", "What does one kernel do to one patch?", network=choice.network)
convolution_view(choice)
