"""Let the browser's tab keep what is typed and not answered yet, so that a reload loses nothing."""

from collections.abc import Mapping

from cnnlab.ui.parts.components import component
from cnnlab.viz.html import tag

_KEEP = component("half_typed", "classroom/half_typed.js", html=tag("i", hidden=""))


def keep_half_typed(given: Mapping[str, str]) -> None:
    """Let the tab keep what stands in the fields of answers; `given` has for each field's key the last answer.

    The server learns nothing of it before it is answered.
    """
    _KEEP("half_typed", [{"fields": [{"key": key, "given": last} for key, last in given.items()]}])
