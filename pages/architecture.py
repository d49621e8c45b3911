"""Show what happens to the tensor at every layer, and why that number."""

from cnnlab.ui import frame
from cnnlab.ui.architecture import architecture, open_link
from cnnlab.ui.keras_summary import keras_summary
from cnnlab.ui.take_along import take_along

frame.page("Architecture", "What happens to the tensor at every layer, and why that number?", strip=False)
open_link()
architecture()
take_along()
keras_summary()
