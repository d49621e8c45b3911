"""Send the model and the folder of a run from the disk: Streamlit would hold them for each visitor who asks."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from cnnlab.runs.record import RunError
from cnnlab.runs.store.taken_along import zipped
from cnnlab.ui.parts.html import download_link
from cnnlab.ui.session.addresses import address
from cnnlab.ui.session.services import runs

MODEL, WHOLE = ".keras", ".zip"
PATTERN = "runs/{run}/files/{name}"
GONE = "This run has no such file any more; open its page again."


def model_link(run_id: str) -> None:
    """Draw the link that downloads the model of a run."""
    _link("Model (.keras)", run_id, MODEL)


def whole_link(run_id: str) -> None:
    """Draw the link that downloads the folder of a run as a zip."""
    _link("Everything (.zip)", run_id, WHOLE)


def send_file(request: Request) -> Response:
    """Answer with the model or the zip of a run, named after it; 404 if there is none."""
    run_id, name = request.path_params["run"], request.path_params["name"]
    try:
        runs().get(run_id)
        model, folder = runs().model_path(run_id), runs().folder(run_id)
    except (RunError, OSError):
        return Response(GONE, status_code=404)
    if name == f"{run_id}{MODEL}" and model.is_file():
        return FileResponse(model, filename=name, media_type="application/octet-stream")
    if name == f"{run_id}{WHOLE}" and folder.is_dir():
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        pieces = zipped(folder) if request.method == "GET" else iter(())
        return StreamingResponse(pieces, media_type="application/zip", headers=headers)
    return Response(GONE, status_code=404)


def _link(label: str, run_id: str, ending: str) -> None:
    download_link(label, address("runs", run_id, "files", f"{run_id}{ending}"))
