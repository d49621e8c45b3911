"""Serve the files that the pages need from this machine, so that nothing comes from the internet."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from cnnlab.ui.app.compressed import FOR_A_DAY, PLOTLY
from cnnlab.ui.app.following import FollowRoute
from cnnlab.ui.app.readiness import send_readiness
from cnnlab.ui.classroom.watch.whole_class import PATTERN as CLASS_PATTERN
from cnnlab.ui.classroom.watch.whole_class import send_class
from cnnlab.ui.data.export import send_export
from cnnlab.ui.data.large_upload import receive
from cnnlab.ui.lessons.worksheet import PATTERN, send_worksheet
from cnnlab.ui.session.addresses import served_at
from cnnlab.ui.training.run.followed import logos_svg
from cnnlab.ui.training.run.probe import probe_png
from cnnlab.ui.training.run.sent_files import PATTERN as RUN_PATTERN
from cnnlab.ui.training.run.sent_files import send_file

FOREVER = {"Cache-Control": "max-age=86400, immutable"}
"""A moment of a training never changes."""


async def _plotly(_request: object) -> FileResponse:
    return FileResponse(PLOTLY, media_type="text/javascript", headers={"Cache-Control": FOR_A_DAY})


def _probe(request: Request) -> Response:
    place = request.path_params
    try:
        png = probe_png(place["run"], place["layer"], place["moment"])
    except ValueError:  # a refusal, or a frame that is none
        return Response(status_code=404)
    return Response(png, media_type="image/png", headers=FOREVER)


def _logos(request: Request) -> Response:
    place = request.path_params
    try:
        svg = logos_svg(place["run"], place["layer"], place["moment"])
    except ValueError:
        return Response(status_code=404)
    return Response(svg, media_type="image/svg+xml", headers=FOREVER)


def routes() -> list[Route]:
    """Return every route of our own, below the prefix that the options of this server name."""
    return [
        Route(served_at("upload"), receive, methods=["POST"]),
        Route(served_at("exports/{key}/{name}.zip"), send_export),
        Route(served_at(CLASS_PATTERN), send_class),
        Route(served_at("follow"), FollowRoute()),
        Route(served_at("follow/{room}"), FollowRoute()),
        Route(served_at(PLOTLY.name), _plotly),
        Route(served_at("ready"), send_readiness),
        Route(served_at(PATTERN), send_worksheet),
        Route(served_at(RUN_PATTERN), send_file),
        Route(served_at("runs/{run}/probe/{layer}/{moment}.png"), _probe),
        Route(served_at("runs/{run}/probe/{layer}/{moment}.svg"), _logos),
    ]
