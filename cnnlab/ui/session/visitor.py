"""Know a browser again without accounts, by a cookie; and let its user take a nickname."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import streamlit as st
from starlette.requests import cookie_parser
from streamlit import runtime

from cnnlab.processes.data.jobs import Asker
from cnnlab.runs.record import Run
from cnnlab.runs.record.ownership import may_change, owner_of, plain_address
from cnnlab.runs.store.faults import StoreFault
from cnnlab.ui.session.keys import IS_TEACHER
from cnnlab.ui.session.sent import text
from cnnlab.ui.session.services import origins, store

COOKIE = "cnnlab_visitor"
THIS_MACHINE = "127.0.0.1"
YEAR = 365 * 24 * 3600
LONGEST_NICKNAME = 24
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class VisitorCookie:
    """Give every browser that asks for a page a secret of its own, which no script can read."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Add the cookie to a page's answer if the browser has none."""
        if scope["type"] != "http" or _cookie_of(scope):
            await self._app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                # Without a path it holds where the browser found the page, below whatever prefix that is.
                value = f"{COOKIE}={secrets.token_urlsafe(24)}; Max-Age={YEAR}; HttpOnly; SameSite=Lax"
                message["headers"] = [*message["headers"], (b"set-cookie", value.encode())]
            await send(message)

        await self._app(scope, receive, with_cookie)


def _cookie_of(scope: Message) -> str:
    text = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    # The parser by which Streamlit reads a socket's cookies; Python's own gives up at the first that it dislikes.
    return cookie_parser(text).get(COOKIE, "")


def _is_page(message: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])


def sender(scope: Message) -> Asker:
    """Return the browser and the place of the network that a request comes from; without a cookie the owner is ""."""
    token = _cookie_of(scope)
    owner = owner_of(token) if token else ""
    client = scope.get("client")
    return Asker(owner, origins().of(client[0] if client else THIS_MACHINE, owner))


def asker() -> Asker:
    """Return the browser and the place of the network that this visit comes from."""
    return Asker(me(), origin())


def me() -> str:
    """Return how this browser is written down; one without cookies is another one after every reload."""
    token = st.context.cookies.get(COOKIE) if runtime.exists() else None
    # A page that runs without a server has neither a cookie nor anything like one.
    if not isinstance(token, str) or not token:
        token = str(st.session_state.setdefault("visitor_token", secrets.token_urlsafe(24)))
    return owner_of(token)


def address() -> str:
    """Return the network address that this visit comes from."""
    found = st.context.ip_address if runtime.exists() else None
    # Streamlit names no address of this machine, and a page that runs without a server has nothing like one.
    return plain_address(found) if isinstance(found, str) else THIS_MACHINE


def origin() -> str:
    """Return how the place of the network that this visit comes from is written down and counted."""
    return origins().of(address(), me())


def is_teacher() -> bool:
    """Tell whether this visit was unlocked with the teacher's key."""
    return IS_TEACHER.get()


def mine(run: Run) -> bool:
    """Tell whether this visitor may stop, rename or delete a run."""
    return may_change(run, me(), is_teacher())


def nickname() -> str:
    """Return what this visitor wants to be called, at first as on the last run."""
    if "nickname" not in st.session_state:
        try:
            newest = store().runs(1, me())
        except StoreFault:
            return ""
        st.session_state["nickname"] = newest[0].nickname if newest else ""
    return text("nickname", LONGEST_NICKNAME)


def nickname_field() -> None:
    """Draw the field for the nickname."""
    nickname()
    st.text_input(
        "Your nickname",
        key="nickname",
        max_chars=LONGEST_NICKNAME,
        persist_state="session",
        help="Stands beside your runs, so that others know whose they are. No account; leave it empty if you like.",
    )
