"""Let through the socket only what the pages need; Streamlit's other messages act on the whole server."""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

# Not among them: clear_cache empties everybody's caches, set_run_on_save watches files, load_git_info runs git.
NEEDED = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"}
# Not among them: install_skills writes files, which behind a proxy everybody could ask for.
OPERATIONS = {"deferred_file", "dataframe_chunk"}
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

        async def next_needed() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                needed = is_needed(message.get("bytes"))
                if needed:
                    return message
                if needed is None:
                    await send({"type": "websocket.close", "code": NOT_OURS})
                    return {"type": "websocket.disconnect", "code": NOT_OURS}

        await self._app(scope, next_needed, send)


def is_needed(data: bytes | None) -> bool | None:
    """Tell whether the pages need a message; None if it is none."""
    if data is None:
        return None
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        asked = {field.name for field, _ in message.backend_operation_request.ListFields()}
        return not asked - OPERATIONS - {"request_id", "session_id"}
    return kind in NEEDED
