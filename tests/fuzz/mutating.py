"""Change a valid specimen in the ways that damage, other programs and people who mean harm change it."""

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

Mutate = Callable[[random.Random, bytes], bytes]

TEXTS = (
    *("", "\0", "\ud800", "\u202eevil", "a" * 5_000, "__class__", "<img src=x onerror=alert(1)>", "9" * 5_000, "²"),
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\x",
        "%s%n",
        "{{ 1 }}",
        "```",
        "+++",
        "nan",
        "1e999",
        "\u00e9\u0301",
        "[[" * 500,
    ),
)
NUMBERS = (0, -1, 1, 2, 3, 255, 256, 65_535, 2**31 - 1, 2**31, 2**53 + 1, 2**63, 2**64, 10**400, -(10**400))
FRACTIONS = (-0.0, 0.5, 1e-320, 1e308, float("inf"), float("-inf"), float("nan"))
VALUES: tuple[Any, ...] = (None, True, False, *NUMBERS, *FRACTIONS, *TEXTS, [], {}, [[]], [{}], {"": None}, [0] * 300)
_BYTES = (b"", b"\0", b"\xff", b"\x7f", b"\x80", b"\r\n", b"\xef\xbb\xbf", b"\xff" * 4, b"\0" * 8, b"\x80\0\0\0")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_QUOTED = re.compile(rb'"[^"\n]*"')


def pieces(rng: random.Random, data: bytes) -> bytes:
    """Change some bytes: turn bits, overwrite, cut, repeat, insert, swap."""
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(data) + 1) if rng.random() < 0.6 else rng.randrange(min(len(data), 96) + 1)
        size = rng.choice((1, 1, 2, 4, 8, 64, 1024))
        kind = rng.randrange(7)
        if kind == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + rng.randbytes(min(size, 16)) + data[at + size :]
        elif kind == 2:
            data = data[:at] + data[at + size :]
        elif kind == 3:
            data = data[:at] + data[at : at + size] * rng.choice((2, 3, 50)) + data[at + size :]
        elif kind == 4:
            data = data[:at] + rng.choice(_BYTES) + data[at:]
        elif kind == 5:
            width = rng.choice((1, 2, 4, 8))
            number = rng.choice(NUMBERS[:-2]) % (1 << 8 * width)
            data = data[:at] + number.to_bytes(width, rng.choice(("big", "little"))) + data[at + width :]
        else:
            other = rng.randrange(len(data) + 1)
            data = data[:at] + data[other : other + size] + data[at + size :]
    return data if rng.random() < 0.95 else data[: rng.randrange(len(data) + 1)]


def lines(rng: random.Random, data: bytes) -> bytes:
    """Change a text by its lines, numbers and quoted texts."""
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        kind, each = rng.randrange(6), data.split(b"\n")
        at, other = rng.randrange(len(each)), rng.randrange(len(each))
        if kind == 0:
            del each[at]
        elif kind == 1:
            each.insert(at, each[other])
        elif kind == 2:
            each[at], each[other] = each[other], each[at]
        elif kind == 3:
            each[at] = _replaced(rng, _NUMBER, each[at], str(rng.choice((*NUMBERS, *FRACTIONS))).encode())
        elif kind == 4:
            text = json.dumps(rng.choice(TEXTS)) if rng.random() < 0.7 else json.dumps(rng.choice(VALUES))
            each[at] = _replaced(rng, _QUOTED, each[at], text.encode())
        else:
            each[at] = pieces(rng, each[at])
        data = b"\n".join(each)
    return data


def tree(rng: random.Random, value: Any) -> Any:
    """Change a JSON value somewhere: another value, a part left out, doubled, renamed or put deeper."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        value = _changed(rng, value)
    return value


def document(rng: random.Random, data: bytes) -> bytes:
    """Change a JSON text, mostly as what it says and sometimes as bytes."""
    if rng.random() < 0.2:
        return pieces(rng, data)
    if rng.random() < 0.02:
        return rng.choice((b"[", b'{"a":')) * 100_000
    return json.dumps(tree(rng, json.loads(data))).encode()


def one_of(*ways: Mutate) -> Mutate:
    """Return what changes a specimen in one of these ways."""
    return lambda rng, data: rng.choice(ways)(rng, data)


def _changed(rng: random.Random, value: Any) -> Any:
    inner = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    if not inner or rng.random() < 0.12:
        return _other(rng, value)
    at, copy = rng.choice(inner), dict(value) if isinstance(value, dict) else list(value)
    kind = rng.randrange(12)
    if kind == 0:
        del copy[at]
    elif kind == 1 and isinstance(copy, list):
        copy.insert(at, copy[rng.randrange(len(copy))])
    elif kind == 1:
        copy[rng.choice(TEXTS)] = copy.pop(at)
    elif kind == 2 and isinstance(copy, dict):
        copy[rng.choice(("name", "class_name", "config", "page", "x"))] = rng.choice(VALUES)
    else:
        copy[at] = _changed(rng, copy[at])
    return copy


def _other(rng: random.Random, value: Any) -> Any:
    kind = rng.randrange(6)
    if kind == 0 and isinstance(value, int | float):
        return value + rng.choice((-1, 1))
    if kind == 1 and isinstance(value, str):
        return value + rng.choice(TEXTS)
    if kind == 2:
        return [value]
    if kind == 3:
        for _ in range(rng.choice((2, 30, 2_000))):
            value = [value]
        return value
    return rng.choice(VALUES)


def _replaced(rng: random.Random, pattern: "re.Pattern[bytes]", line: bytes, by: bytes) -> bytes:
    found: Sequence[re.Match[bytes]] = list(pattern.finditer(line))
    if not found:
        return line
    one = rng.choice(found)
    return line[: one.start()] + by + line[one.end() :]
