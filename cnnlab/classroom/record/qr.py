"""Draw an address as a QR code, for a projector."""

import io
from functools import lru_cache

import segno

from cnnlab.classroom.record.errors import ClassroomError

LONGEST = 2000
QUIET = 4  # modules of margin, as the standard asks for


@lru_cache(maxsize=64)
def qr_svg(address: str) -> str:
    """Return a QR code as SVG, dark on white whatever the page's colours; raise `ClassroomError` for what is too long.

    It has no size of its own, so that it fills its place; error correction as high as the same size of code allows.
    """
    if not 0 < len(address) <= LONGEST:
        raise ClassroomError(
            f"A QR code holds an address of 1 to {LONGEST:,} characters; this one has {len(address):,}."
        )
    out = io.BytesIO()
    code = segno.make_qr(address, error="l", boost_error=True)
    code.save(out, kind="svg", border=QUIET, light="#fff", dark="#000", omitsize=True, xmldecl=False, svgns=True)
    return out.getvalue().decode()
