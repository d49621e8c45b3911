"""Serve the files that the pages need from this machine, so that nothing comes from the internet."""

from importlib.util import find_spec
from pathlib import Path

from starlette.responses import FileResponse
from starlette.routing import Route

_PACKAGE = find_spec("plotly")
# Plotly's Python is not needed, and importing it would delay the first page.
PLOTLY = Path(str(_PACKAGE and _PACKAGE.origin)).parent / "package_data" / "plotly.min.js"


async def _plotly(_request: object) -> FileResponse:
    return FileResponse(PLOTLY, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})


ROUTES = [Route("/cnnlab/plotly.min.js", _plotly)]
