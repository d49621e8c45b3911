"""List the trunks that are known layer by layer: the one that ships, and the one that can be fetched."""

from collections.abc import Mapping
from pathlib import Path

from cnnlab.core.data.offers.files import fetched
from cnnlab.core.data.offers.table import VGG16 as OFFER
from cnnlab.core.trunks import lite0, vgg16
from cnnlab.core.trunks.parts import Known

LITE0 = Known(
    lite0.KEY, lite0.NAME, lite0.parts, lite0.SIZES, 160, lite0.POOLED, lite0.SCALE, lite0.OFFSET, lite0.ORIGIN
)
VGG16 = Known(vgg16.KEY, vgg16.NAME, vgg16.parts, vgg16.SIZES, 150, vgg16.LAST, 1.0, 0.0, vgg16.ORIGIN)
KNOWN: Mapping[str, Known] = {known.key: known for known in (LITE0, VGG16)}


def here(home: Path) -> tuple[Known, ...]:
    """Return those whose weights are on this machine."""
    return (LITE0, VGG16) if fetched(home, OFFER) else (LITE0,)
