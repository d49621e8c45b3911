"""Be a student without a browser: the protocol of Streamlit's own front end, with a cookie of its own."""

import asyncio
from collections.abc import Callable
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 60.0  # seconds for one run of a page
COOKIE = "cnnlab_visitor"


class Session:
    """Hold one open page: what stands on it, and what is needed to fill in a field and to press a button."""

    def __init__(self, url: str, who: str | None, query: str = "", **way: Any) -> None:
        """Take the address of a server; `way` is how to connect where its name leads nowhere."""
        self._way = way
        self._url, self._who, self.query = url.rstrip("/"), who, query
        self._connection: ClientConnection | None = None
        self._page = ""
        self._ids: dict[str, str] = {}
        self.said: list[str] = []

    async def open(self) -> "Session":
        """Connect, and draw the page that the query leads to."""
        address = f"{self._url.replace('http', 'ws', 1)}/_stcore/stream"
        headers = {"Origin": self._url} | ({} if self._who is None else {"Cookie": f"{COOKIE}={self._who}"})
        self._connection = await connect(
            address,
            subprotocols=["streamlit"],
            additional_headers=headers,
            max_size=None,
            compression=None,
            **self._way,
        )
        await self._run(BackMsg())
        return self

    async def close(self) -> None:
        """Leave."""
        if self._connection is not None:
            await self._connection.close()

    async def fill_in(self, field: str, value: str, button: str) -> None:
        """Type into a field and press the button of its form."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add(id=self._id(field))
        state.string_value = value
        message.rerun_script.widget_states.widgets.add(id=self._id(button)).trigger_value = True
        await self._run(message)

    async def press(self, button: str) -> None:
        """Press a button."""
        message = BackMsg()
        message.rerun_script.widget_states.widgets.add(id=self._id(button)).trigger_value = True
        await self._run(message)

    async def again(self) -> None:
        """Draw the page anew."""
        await self._run(BackMsg())

    async def until(self, what: Callable[["Session"], object]) -> None:
        """Draw the page anew until something stands on it."""
        async with asyncio.timeout(PATIENCE):
            while not what(self):
                await asyncio.sleep(0.2)
                await self.again()

    def hear(self, message: bytes) -> None:
        """Take notice of what the server sent, byte for byte; here of nothing."""

    def has(self, label: str) -> bool:
        """Tell whether a field or a button with this label stands on the page."""
        return label in self._ids

    @property
    def text(self) -> str:
        """Return the words of the page."""
        return "\n".join(self.said)

    def _id(self, label: str) -> str:
        if label not in self._ids:
            raise LookupError(f"There is no {label!r} among {sorted(self._ids)}; the page says {self.text[-800:]}")
        return self._ids[label]

    async def _run(self, message: BackMsg) -> None:
        assert self._connection is not None
        run = message.rerun_script
        run.query_string, run.page_script_hash = self.query, self._page
        context = run.context_info
        context.timezone, context.locale, context.color_scheme = "UTC", "en-US", "light"
        context.url = f"{self._url}/"
        await self._connection.send(message.SerializeToString())
        ids: dict[str, str] = {}
        said: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while True:
                received = await self._connection.recv()
                assert isinstance(received, bytes)
                self.hear(received)
                heard = ForwardMsg.FromString(received)
                kind = heard.WhichOneof("type")
                if kind == "new_session":
                    self._page = heard.new_session.page_script_hash
                    # A page that leads to another one begins anew.
                    ids, said = {}, []
                elif kind == "page_info_changed":
                    self.query = heard.page_info_changed.query_string
                elif kind == "delta":
                    _remember(heard.delta.new_element, ids, said)
                elif kind == "script_finished" and heard.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self._ids, self.said = ids, said
                    return


def _remember(element: Any, ids: dict[str, str], said: list[str]) -> None:
    """Remember a field or a button by its label, and the words of everything else."""
    kind = element.WhichOneof("type")
    if kind in ("button", "text_input", "radio"):
        part = getattr(element, kind)
        ids[part.label] = part.id
    elif kind == "html":
        said.append(element.html.body)
    elif kind == "alert":
        said.append(element.alert.body)
    elif kind == "exception":
        raise AssertionError(element.exception.message)
