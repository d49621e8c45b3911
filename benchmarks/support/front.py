"""Put the nginx of the recipe for several processes before servers to measure, without TLS."""

import contextlib
import os
import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.support.servers import END_SECONDS, Server
from tests.browser.recipes.fronts import SEVERAL, free_ports, only_started
from tests.browser.support.serving import until

MAIN = """{user}daemon off; worker_processes auto; pid nginx.pid; events {{ worker_connections 4096; }}
http {{ access_log off; client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
scgi_temp_path temp; uwsgi_temp_path temp; include site.conf; }}"""


@contextlib.contextmanager
def nginx(servers: Sequence[Server]) -> Iterator[str]:
    """Run it before these servers and return its address; raise `RuntimeError` if it is not installed."""
    if SEVERAL.path is None:
        raise RuntimeError("nginx is not installed; on Debian: apt-get install nginx-light")
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="nginx-bench-") as folder:
        user = "user root; " if os.geteuid() == 0 else ""
        (Path(folder) / "main.conf").write_text(MAIN.format(user=user))
        (Path(folder) / "site.conf").write_text(_site(servers, port))
        command = [SEVERAL.path, "-p", folder, "-e", "error.log", "-c", "main.conf"]
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL)
        try:
            until(lambda: _is_listening(port), "nginx did not answer")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(END_SECONDS)


def _is_listening(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def _site(servers: Sequence[Server], port: int) -> str:
    text = only_started(SEVERAL.text, len(servers))
    text = re.sub(r"^server {\n    listen 80;[^}]*}\n|^    (ssl_|listen \[)[^\n]*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}")
    for number, server in enumerate(servers, 1):
        text = text.replace(f":{8500 + number}", f":{urlsplit(server.url).port}")
    return text
