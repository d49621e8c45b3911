"""Show whoever runs the server how it is."""

from cnnlab.ui.app.operator import operator
from cnnlab.ui.parts import frame

frame.page("Operator", "How is this server, and what makes room?", strip=False)
operator()
