"""Run the recipes for a proxy as they stand, with the real nginx or Caddy: only ports and paths are this test's own."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.browser.support.serving import END_SECONDS, ROOT, Server, until

RECIPES = ROOT / "docs" / "recipes"
PREFIX = "/lab"
_SERVED = re.compile(r"^# The server: (.*)cnnlab run -- --server\.address 127\.0\.0\.1$", re.MULTILINE)
_TYPES = Path("/etc/nginx/mime.types")
# As Debian's own nginx.conf has it, which includes such files.
_NGINX = """{user}daemon off; pid nginx.pid; error_log error.log; events {{ worker_connections 4096; }}
http {{ include {types}; gzip on;
log_format who "$cookie_cnnlab_visitor $upstream_addr $status $request_uri"; access_log access.log who;
client_body_temp_path temp; proxy_temp_path temp;
fastcgi_temp_path temp; scgi_temp_path temp; uwsgi_temp_path temp; {sites} }}"""
_NGINX_SITE = """server {{ listen 127.0.0.1:{port} ssl; server_name {name};
ssl_certificate {folder}/fullchain.pem; ssl_certificate_key {folder}/privkey.pem; include {recipe}; }}"""
_CADDY = """{{
	admin off
	skip_install_trust
	storage file_system {folder}
	default_bind 127.0.0.1
	http_port {plain}
	https_port {port}
}}
{sites}"""
_CADDY_SITE = """{name} {{
	tls {folder}/fullchain.pem {folder}/privkey.pem
	import {recipe}
}}"""


@dataclass(frozen=True)
class Recipe:
    """Name a recipe: its file, the program that reads it, the name that it serves, and the prefix of the pages."""

    file: str
    program: str
    name: str = "lab.school.org"
    prefix: str = ""

    @property
    def text(self) -> str:
        """Return what stands in the file."""
        return (RECIPES / self.file).read_text(encoding="utf-8")

    @property
    def path(self) -> str | None:
        """Return where the program is, None if it is not installed."""
        return shutil.which(self.program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

    @property
    def missing(self) -> list[str]:
        """Return what is not installed of what it takes to run it."""
        found = {self.program: self.path, "openssl": shutil.which("openssl")}
        if self.program == "nginx":
            found |= {str(_TYPES): _TYPES.exists()}
        return [name for name, is_there in found.items() if not is_there]

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of the server that the file names."""
        (served,) = _SERVED.findall(self.text)
        return dict(word.split("=", 1) for word in served.split())


SEVERAL = Recipe("nginx-several.conf", "nginx")
MOST = 4  # processes that it names
PROXIES = [
    Recipe("nginx.conf", "nginx"),
    SEVERAL,
    Recipe("nginx-prefix.conf", "nginx", "www.school.org", PREFIX),
    Recipe("Caddyfile", "caddy"),
    Recipe("prefix.Caddyfile", "caddy", "www.school.org", PREFIX),
]


class Front:
    """Be a proxy with TLS before one or more servers, in a folder of its own."""

    def __init__(self, recipe: Recipe, folder: Path, *servers: Server) -> None:
        self.recipe, self.folder, self.servers = recipe, folder, servers
        self.port, self.plain, *self._spare = free_ports(4)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Front":
        """Begin to answer; fail with what the program wrote if it does not."""
        self.folder.mkdir()
        _make_certificate(self.folder, self.recipe.name)
        recipe = self.folder / self.recipe.file
        recipe.write_text(self._with_own_places(self.recipe.text), encoding="utf-8")
        write = self._nginx if self.recipe.program == "nginx" else self._caddy
        command = [str(self.recipe.path), *write(recipe)]
        with (self.folder / "written.log").open("wb") as out:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=out, stderr=out, start_new_session=True)
        until(self._answers, "the proxy did not answer")
        return self

    def close(self) -> None:
        """End the program."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=END_SECONDS)

    def url(self, path: str = "") -> str:
        """Return the address of a page."""
        return f"https://{self.recipe.name}:{self.port}{self.recipe.prefix}/{path}"

    def connect(self) -> http.client.HTTPSConnection:
        """Open a connection that believes the proxy's certificate and no other."""
        trusting = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        connection = http.client.HTTPSConnection(self.recipe.name, self.port, timeout=60)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connection.sock = trusting.wrap_socket(plain, server_hostname=self.recipe.name)
        return connection

    def _with_own_places(self, text: str) -> str:
        text = only_started(text, len(self.servers))
        own = {"/etc/ssl/cnnlab": str(self.folder)}
        own |= {f":{8501 + i}": f":{port}" for i, port in enumerate(server.port for server in self.servers)}
        # Not every machine has IPv6; a second port stands for it.
        own |= {"listen 443": f"listen 127.0.0.1:{self.port}", "listen [::]:443": f"listen 127.0.0.1:{self._spare[0]}"}
        own |= {"listen 80": f"listen 127.0.0.1:{self.plain}", "listen [::]:80": f"listen 127.0.0.1:{self._spare[1]}"}
        for theirs, ours in own.items():
            text = text.replace(theirs, ours)
        assert ":850" not in text
        return text

    def _nginx(self, recipe: Path) -> list[str]:
        site = _NGINX_SITE if self.recipe.prefix else "include {recipe};"
        sites = site.format(port=self.port, name=self.recipe.name, folder=self.folder, recipe=recipe)
        # Started by root it would give its children to a user who may not enter this folder.
        user = "user root; " if os.geteuid() == 0 else ""
        main = self.folder / "main.conf"
        main.write_text(_NGINX.format(user=user, types=_TYPES, sites=sites))
        return ["-p", str(self.folder), "-e", "error.log", "-c", str(main)]

    def _caddy(self, recipe: Path) -> list[str]:
        site = _CADDY_SITE if self.recipe.prefix else "import {recipe}"
        sites = site.format(name=self.recipe.name, folder=self.folder, recipe=recipe)
        main = self.folder / "main.Caddyfile"
        main.write_text(_CADDY.format(folder=self.folder, plain=self.plain, port=self.port, sites=sites))
        return ["run", "--config", str(main), "--adapter", "caddyfile"]

    def _answers(self) -> bool:
        assert self._process is not None
        written = self.folder / "written.log"
        assert self._process.poll() is None, f"the proxy ended; it wrote:\n{written.read_text()[-4000:]}"
        with contextlib.suppress(OSError), contextlib.closing(self.connect()):
            return True
        return False


def only_started(text: str, count: int) -> str:
    """Return a recipe for several processes with so many of them, as it tells its reader to make it."""
    for number in range(count + 1, MOST + 1):
        theirs = rf"upstream cnnlab_{number} {{[^}}]*}}\n|^ [^\n]*(?::{8500 + number}\b|cnnlab_{number};)[^\n]*\n"
        text = re.sub(theirs, "", text, flags=re.MULTILINE)
    return text


def free_ports(count: int) -> list[int]:
    """Return so many ports that nobody listens at."""
    with contextlib.ExitStack() as opened:
        probes = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


def _make_certificate(folder: Path, name: str) -> None:
    """Write a certificate for this name that proves itself."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
