"""Serve the files that the pages need from this machine, so that nothing comes from the internet."""

from pathlib import Path

import plotly
from starlette.responses import FileResponse
from starlette.routing import Route

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


async def _plotly(_request: object) -> FileResponse:
    return FileResponse(PLOTLY, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})


ROUTES = [Route("/cnnlab/plotly.min.js", _plotly)]
