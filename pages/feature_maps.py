"""Show what a network, or somebody else's model, sees in a visitor's own picture."""

from cnnlab.ui.inside.current import current_subject
from cnnlab.ui.inside.maps_page import feature_maps
from cnnlab.ui.inside.shown import shown_line
from cnnlab.ui.network.lab import open_link
from cnnlab.ui.parts import frame

open_link()
current = current_subject()
frame.page("Feature maps", "What does the network see in your picture?", network=current.network)
shown_line(current)
feature_maps(current)
