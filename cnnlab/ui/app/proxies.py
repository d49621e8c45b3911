"""Believe what a proxy says about a visitor's address only where the settings name that proxy."""

from typing import Any

import uvicorn.config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from cnnlab.core.settings import Networks
from cnnlab.runs.record.ownership import plain_address


def believe_only(proxies: Networks) -> None:
    """Let the server that is about to start take `X-Forwarded-For` and `-Proto` from these networks.

    uvicorn believes every program on this machine otherwise, and `streamlit run` has no option for that; so its own
    middleware is replaced, which it puts around the app after importing it.
    """

    class Believing(ProxyHeadersMiddleware):
        """Write every address in its usual form before and after looking at it."""

        def __init__(self, app: Any, trusted_hosts: list[str] | str = ()) -> None:  # type: ignore[assignment]
            super().__init__(app, [str(network) for network in proxies])

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope.get("client"):
                scope["client"] = (plain_address(scope["client"][0]), scope["client"][1])
            await super().__call__(scope, receive, send)

    vars(uvicorn.config)["ProxyHeadersMiddleware"] = Believing
