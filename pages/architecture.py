"""Show what happens to the tensor at every layer, and why that number."""

from cnnlab.ui.network.keras_summary import keras_summary
from cnnlab.ui.network.lab import architecture, open_link
from cnnlab.ui.network.take_along import take_along
from cnnlab.ui.parts import frame
from cnnlab.ui.trunks.shown import not_carried, trunk_of_network

frame.page("Architecture", "What happens to the tensor at every layer, and why that number?", strip=False)
open_link()
trunk_of_network()
architecture()
take_along()
not_carried()
keras_summary()
