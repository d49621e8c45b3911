"""Start a Firefox as Playwright would, and answer in its place the one command of WebDriver BiDi that it does not know.

Playwright sets the colour scheme of every context by `emulation.setMediaFeaturesOverride`; Firefox 153 refuses that.
Run as `python bidi_relay.py FIREFOX ARGUMENTS...`.
"""

import asyncio
import json
import shlex
import sys
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve

UNKNOWN = "emulation.setMediaFeaturesOverride"
SAYS = "WebDriver BiDi listening on "


def behind_relay(firefox: str, folder: Path) -> str:
    """Write a program into a folder that starts a Firefox behind the relay, and return its path."""
    program = folder / "firefox"
    command = shlex.join([sys.executable, str(Path(__file__).resolve()), firefox])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o755)
    return str(program)


async def main() -> int:
    """Run the Firefox named on the command line to its end, behind a relay on a free port; return how it ended."""
    firefox = await asyncio.create_subprocess_exec(*sys.argv[1:], stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr is not None
    relay: Server | None = None
    async for line in firefox.stderr:
        said = line.decode(errors="replace")
        if relay is None and said.startswith(SAYS):
            relay = await _listen(said.removeprefix(SAYS).strip())
            said = f"{SAYS}ws://127.0.0.1:{relay.sockets[0].getsockname()[1]}\n"
        sys.stderr.write(said)
        sys.stderr.flush()
    return await firefox.wait()


async def _listen(address: str) -> Server:
    """Open the relay to the Firefox at an address."""

    async def pass_on(playwright: ServerConnection) -> None:
        assert playwright.request is not None
        async with connect(f"{address}{playwright.request.path}", max_size=None, compression=None) as firefox:
            answering = asyncio.create_task(_answers(firefox, playwright))
            async for message in playwright:
                if UNKNOWN in str(message) and (asked := json.loads(message))["method"] == UNKNOWN:
                    await playwright.send(json.dumps({"type": "success", "id": asked["id"], "result": {}}))
                else:
                    await firefox.send(message)
            answering.cancel()

    return await serve(pass_on, "127.0.0.1", 0, max_size=None, compression=None)


async def _answers(firefox: ClientConnection, playwright: ServerConnection) -> None:
    async for message in firefox:
        await playwright.send(message)
    await playwright.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
