"""Show what one kernel does to one patch."""

from cnnlab.ui import frame
from cnnlab.ui.convolution import convolution_view
from cnnlab.ui.feature_maps import resolve_choice

choice = resolve_choice()
frame.page("Convolution", "What does one kernel do to one patch?", network=choice.network)
convolution_view(choice)
