"""Tell machines whether this server can take visitors, and how full it is: for a container's health check, a proxy."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cnnlab.core.words import Refusal
from cnnlab.processes.home.faults import home_problem
from cnnlab.ui.app.places import is_full
from cnnlab.ui.session import services

OFTEN = 60.0  # seconds for which the size of the home is remembered: a probe comes every few seconds


def readiness() -> tuple[bool, dict[str, Any]]:
    """Return whether visitors can come, and numbers for machines: processes, disk in MB, the queue of trainings.

    `problem` is why not, in one sentence; `inside` tells whether the process that looks inside networks is there or
    rests, which costs the first visitor some seconds and nothing else.
    """
    settings = services.settings()
    problem = home_problem(settings.home) or ("This server is full." if is_full() else None)
    told: dict[str, Any] = {
        "processes": {
            "inside": "there" if services.inference().is_there else "resting",
            "decoders": len(services.reader().pids),
        },
        "disk": {"used_mb": settings.disk.used(OFTEN) >> 20, "limit_mb": settings.max_disk_mb},
    }
    try:
        capacity = services.engine().capacity()
        told["trainings"] = {"slots": capacity.slots, "running": capacity.running, "queued": capacity.queued}
        problem = problem or capacity.problem
    except Refusal as error:
        problem = problem or str(error)
    return problem is None, {"ready": problem is None, "problem": problem, **told}


def send_readiness(_request: Request) -> Response:
    """Answer 200 with the numbers, or 503 with the problem."""
    is_ready, told = readiness()
    return JSONResponse(told, 200 if is_ready else 503, {"Cache-Control": "no-store"})
