"""The door of the socket: what pages need goes through, what acts on the whole server does not."""

from collections.abc import Sequence
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from cnnlab.ui.app import messages
from cnnlab.ui.app.messages import OnlyNeededMessages, is_needed
from tests.app.driving import run_async

NEEDED = [
    BackMsg(stop_script=True),
    BackMsg(app_heartbeat=True),
    BackMsg(rerun_script={"page_name": "data"}),
    BackMsg(rerun_script={"widget_states": {"widgets": [{"id": "a", "json_value": f'"{"a" * (8 << 20)}"'}]}}),
    BackMsg(file_urls_request={"request_id": "1", "file_names": ["a.png"]}),
    BackMsg(backend_operation_request={"request_id": "1", "deferred_file": {"file_id": "a"}}),
]
TOO_LARGE = BackMsg(rerun_script={"page_name": "a" * (10 << 20)}).SerializeToString()
HARMFUL = [
    BackMsg(clear_cache=True),
    BackMsg(clear_cache=False),  # Streamlit looks only at which field is set
    BackMsg(set_run_on_save=True),
    BackMsg(load_git_info=True),
    BackMsg(debug_shutdown_runtime=True),
    BackMsg(backend_operation_request={"request_id": "1", "install_skills": {}}),
    BackMsg(backend_operation_request={"request_id": "1", "dismiss_skills_nudge": {}}),
    BackMsg(),
    BackMsg(rerun_script={"query_string": "net=" + "a" * 20_000}),
    BackMsg(rerun_script={"widget_states": {"widgets": [{"id": "a"}] * 3_000}}),
    *(
        BackMsg(rerun_script={"widget_states": {"widgets": [{"id": "a", **value}]}})
        for value in (
            {"string_value": "a/" * 200_000},
            {"string_array_value": {"data": ["a", "b" * 200_000]}},
            {"string_trigger_value": {"data": "b" * 200_000}},
            {"json_value": "["},
            {"json_value": f"[{'[],' * 60_000}0]"},
            {"string_array_value": {"data": [""] * 60_000}},
            {"json_value": "[" * 100_000},
            {"json_trigger_value": "9" * 5_000},
        )
    ),
]


def pass_on(*messages: dict[str, Any], offers: Sequence[str] = ()) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what the app received and what the browser was sent, when the browser sends these and goes."""
    waiting = [*messages, {"type": "websocket.disconnect", "code": 1000}]
    received, sent = [], []

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        while not received or received[-1]["type"] != "websocket.disconnect":
            received.append(await receive())

    run_async(OnlyNeededMessages(app)({"type": "websocket", "subprotocols": offers}, receive, send))
    return received, sent


def frame(message: BackMsg) -> dict[str, Any]:
    return {"type": "websocket.receive", "bytes": message.SerializeToString()}


@pytest.mark.parametrize("message", NEEDED, ids=range(len(NEEDED)))
def test_what_the_pages_need_goes_through(message: BackMsg) -> None:
    assert is_needed(message.SerializeToString())
    received, sent = pass_on(frame(message))
    assert received[0] == frame(message)
    assert not sent


@pytest.mark.parametrize("is_here", [False, True])
def test_a_page_whose_visit_ended_with_its_process_is_drawn_as_a_whole(
    is_here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_is_here", lambda session: is_here and session == "before")
    part = {"fragment_id": "a", "is_auto_rerun": True, "page_script_hash": "b", "query_string": "x=1"}
    whole = {"page_script_hash": "b", "query_string": "x=1"}
    sent = [frame(BackMsg(app_heartbeat=True)), frame(BackMsg(rerun_script=part)), frame(BackMsg(rerun_script=part))]
    received, _ = pass_on(*sent, offers=("streamlit", "token", "before"))
    first = part if is_here else whole
    assert received[1:3] == [frame(BackMsg(rerun_script=first)), frame(BackMsg(rerun_script=part))]
    received, _ = pass_on(*sent, offers=("streamlit", "token"))
    assert received[:3] == sent


@pytest.mark.parametrize("message", HARMFUL, ids=range(len(HARMFUL)))
def test_what_acts_on_the_whole_server_does_nothing(message: BackMsg) -> None:
    received, sent = pass_on(frame(message), frame(BackMsg(stop_script=True)))
    assert received[0] == frame(BackMsg(stop_script=True))
    assert not sent


def test_a_harmful_message_hidden_behind_a_needed_one_is_read_as_streamlit_reads_it() -> None:
    hidden = BackMsg(stop_script=True).SerializeToString() + BackMsg(clear_cache=True).SerializeToString()
    assert BackMsg.FromString(hidden).WhichOneof("type") == "clear_cache"
    assert is_needed(hidden) is False


@pytest.mark.parametrize(
    "message",
    [{"bytes": b"\xff\xff"}, {"bytes": TOO_LARGE}, {"text": "hello"}, {"text": "hello", "bytes": None}],
)
def test_what_is_no_message_ends_the_connection_without_a_traceback(message: dict[str, Any]) -> None:
    received, sent = pass_on({"type": "websocket.receive", **message})
    assert [one["type"] for one in received] == ["websocket.disconnect"]
    assert [(one["type"], one["code"]) for one in sent] == [("websocket.close", 1003)]


def test_requests_are_left_alone() -> None:
    seen: list[Any] = []

    async def app(*arguments: Any) -> None:
        seen.append(arguments)

    run_async(OnlyNeededMessages(app)({"type": "http"}, "receive", "send"))  # type: ignore[arg-type]
    assert seen == [({"type": "http"}, "receive", "send")]
