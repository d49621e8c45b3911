"""Let through the socket only what the pages need; Streamlit's other messages act on the whole server."""

import json

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

# Not among them: clear_cache empties everybody's caches, set_run_on_save watches files, load_git_info runs git.
NEEDED = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"}
# Not among them: install_skills writes files, which behind a proxy everybody could ask for.
OPERATIONS = {"deferred_file", "dataframe_chunk"}
LARGEST = 10 << 20  # bytes of a message: a drawing may have 8 MiB, and everything that a page holds goes along
MOST_WIDGETS = 2_000
MOST_VALUES = 50_000  # of lists and of JSON: an empty list has three characters and takes 64 bytes when it is read
LONGEST_TEXT = 100_000  # characters of one text; a field says itself how few it takes
LONGEST_QUERY = 20_000  # characters behind the address: a network in a link has 8,192
NOT_OURS = 1003  # the close code of a message of a kind that the server does not take


class OnlyNeededMessages:
    """Drop what a browser sends beyond the needs of a page, and hang up on what is no message at all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a socket's messages before Streamlit does; leave requests alone."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        came_back = _session_before(scope)

        async def next_needed() -> Message:
            nonlocal came_back
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                needed = is_needed(message.get("bytes"))
                if needed:
                    # Streamlit has taken up the visit by now, if it has it.
                    if came_back and (whole := _of_whole_page(message["bytes"])):
                        message = message if _is_here(came_back) else {**message, "bytes": whole}
                        came_back = ""
                    return message
                if needed is None:
                    await send({"type": "websocket.close", "code": NOT_OURS})
                    return {"type": "websocket.disconnect", "code": NOT_OURS}

        await self._app(scope, next_needed, send)


def _session_before(scope: Scope) -> str:
    """Return the session that a browser was in before its connection broke; empty for a page that was just opened."""
    offered = scope.get("subprotocols", ())
    return str(offered[2]) if len(offered) > 2 else ""


def _is_here(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def _of_whole_page(data: bytes) -> bytes | None:
    """Return what asks for a run as one for the whole page, None for anything else.

    A page that has lost its visit, with the process that held it, asks for parts that no new visit knows.
    """
    message = BackMsg.FromString(data)
    if message.WhichOneof("type") != "rerun_script":
        return None
    message.rerun_script.fragment_id = ""
    message.rerun_script.is_auto_rerun = False
    return bytes(message.SerializeToString())


def is_needed(data: bytes | None) -> bool | None:
    """Tell whether the pages need a message; None if it is none."""
    if data is None or len(data) > LARGEST:
        return None
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        asked = {field.name for field, _ in message.backend_operation_request.ListFields()}
        return not asked - OPERATIONS - {"request_id", "session_id"}
    return kind in NEEDED and (kind != "rerun_script" or _is_bounded(message.rerun_script))


def _is_bounded(run: ClientState) -> bool:
    """Tell whether a message says few enough things, each text short enough, and whether its JSON is JSON."""
    states = run.widget_states.widgets
    if len(run.query_string) > LONGEST_QUERY or len(states) > MOST_WIDGETS:
        return False
    if sum(map(_values_of, states)) > MOST_VALUES:
        return False
    for state in states:
        texts = (state.string_value, state.string_trigger_value.data, *state.string_array_value.data)
        if any(len(text) > LONGEST_TEXT for text in texts):
            return False
        try:
            for text in filter(None, (state.json_value, state.json_trigger_value)):
                json.loads(text)
        except (ValueError, RecursionError):
            return False
    return True


def _values_of(state: WidgetState) -> int:
    """Return at most how many values one widget's state holds, without reading them."""
    lists = (state.string_array_value, state.double_array_value, state.int_array_value)
    parts = sum(text.count(sign) for text in (state.json_value, state.json_trigger_value) for sign in ",[{")
    return parts + sum(len(one.data) for one in lists)
