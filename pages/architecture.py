"""Show what happens to the tensor at every layer, and why that number."""

from cnnlab.ui import frame
from cnnlab.ui.architecture import architecture

frame.page("Architecture", "What happens to the tensor at every layer, and why that number?", strip=False)
architecture()
