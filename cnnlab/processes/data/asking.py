"""Ask for a file over the network: over https only, from the hosts that were named, in one request."""

import json
import re
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cache
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from cnnlab.core.data.offers.offer import Offer
from cnnlab.core.data.splits import DataSetError

LOOPBACK = "127.0.0.1"
_PASSING = (408, 425, 429, 500, 502, 503, 504)  # states of a server that end by themselves
_BY_HAND = "bring the file by hand, as said below"
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class FetchError(DataSetError):
    """Say in one sentence why a file was not fetched."""


class Interrupted(Exception):
    """Say what ended a request that may be made again, as the part of a sentence."""


@dataclass(frozen=True)
class Answer:
    """Hold what a server is about to send: from which byte on, and how many bytes that are, None if it does not say."""

    response: HTTPResponse
    start: int
    length: int | None


def ask(offer: Offer, part: Path, silence: float, plain_loopback: bool = False) -> Answer:
    """Ask for what is missing of a file of which `part` is there; raise `FetchError` or `Interrupted`.

    `silence` is in seconds without a byte. `plain_loopback` lets tests ask this machine over http.
    """
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "cnnlab", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", **_same_as(part)}
    _refuse_place(offer, offer.address, plain_loopback)
    try:
        response = _opener(offer, plain_loopback).open(
            urllib.request.Request(offer.address, headers=headers), None, silence
        )
    except HTTPError as error:
        error.close()
        _refuse_state(offer, error.code, part)
        raise
    except (URLError, OSError, HTTPException) as error:
        if "certificate" in str(error).lower():
            raise FetchError(f"{offer.host} could not prove that it is that host, so nothing was fetched.") from error
        raise Interrupted(
            f"{offer.host} could not be reached: this computer seems to be offline, or the site does not answer"
        ) from error
    answer = _understood(offer, response, have, part)
    _remember(part, response.headers)
    return answer


def refused_for_good(offer: Offer, why: Interrupted) -> FetchError:
    """Return the sentence for what was tried often enough."""
    return FetchError(f"{offer.name} did not arrive: {why}; try again later, or {_BY_HAND}.")


def forget(part: Path) -> None:
    """Take away what has arrived of a file."""
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)


def _understood(offer: Offer, response: HTTPResponse, have: int, part: Path) -> Answer:
    """Return where an answer begins, after a look at what it says of its size."""
    length = response.headers.get("Content-Length", "")
    told = int(length) if length.isascii() and length.isdecimal() else None
    start, whole = 0, told
    if response.status == 206:
        found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != have:
            response.close()
            forget(part)
            raise Interrupted("the site sent another part of the file than the one that was missing")
        start, whole = have, int(found[2])
    if whole is not None and whole != offer.size:
        response.close()
        raise FetchError(
            f"The file at {offer.host} has {whole:,} bytes now, and {offer.size:,} were offered, so it is another one "
            "and was not fetched."
        )
    return Answer(response, start, told)


def _refuse_state(offer: Offer, code: int, part: Path) -> None:
    if code == 416:  # more is here than the site has
        forget(part)
    if code in (*_PASSING, 416):
        raise Interrupted(f"{offer.host} answered {code}")
    raise FetchError(f"{offer.host} answered {code} and sent nothing of {offer.name}; try again later, or {_BY_HAND}.")


def _refuse_place(offer: Offer, address: str, plain_loopback: bool) -> None:
    """Raise `FetchError` for an address that is not https on a host that was named before the press."""
    parts = urlsplit(address)
    is_plain = plain_loopback and parts.scheme == "http" and parts.hostname == LOOPBACK
    if (parts.scheme == "https" or is_plain) and parts.hostname in offer.hosts:
        return
    raise FetchError(
        f"{offer.host} sends on to {(parts.hostname or 'another address')[:80]!r} over {parts.scheme[:10]!r}, which "
        "was not named, so nothing was fetched."
    )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a server only to where the offer says that it may send on to."""

    def __init__(self, offer: Offer, plain_loopback: bool) -> None:
        self._offer, self._plain_loopback = offer, plain_loopback

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        _refuse_place(self._offer, newurl, self._plain_loopback)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _opener(offer: Offer, plain_loopback: bool) -> urllib.request.OpenerDirector:
    """Return what knows http, https and the proxies of the environment, and neither files nor ftp."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _Redirects(offer, plain_loopback),
    ):
        opener.add_handler(handler)
    return opener


@cache
def _context() -> ssl.SSLContext:
    """Return what proves hosts by the certificates of this machine; reading those takes a while."""
    return ssl.create_default_context()


def _notes(part: Path) -> Path:
    return part.with_name(f".{part.name}.json")


def _remember(part: Path, headers: Mapping[str, str]) -> None:
    """Note by what the site knows this version of the file, so that two versions are never put together."""
    tag = headers.get("ETag") or ""
    # A weak tag does not promise the same bytes (RFC 9110, 13.1.5).
    known = headers.get("Last-Modified") if not tag or tag.startswith("W/") else tag
    _notes(part).write_text(json.dumps({"version": known or ""}), encoding="utf-8")


def _same_as(part: Path) -> dict[str, str]:
    """Return the condition that the file is still the one of which a part is here."""
    try:
        version = json.loads(_notes(part).read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {"If-Range": version} if isinstance(version, str) and version.isprintable() and version else {}
