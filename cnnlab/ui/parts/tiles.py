"""Draw pictures as buttons: small squares, of which a click chooses one."""

from collections.abc import Callable

from PIL import Image

from cnnlab.core.pictures import Pixels, small_square
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import any_text
from cnnlab.viz.html import tag
from cnnlab.viz.images import data_url, jpeg

LONGEST_FILE = 200


class TilesSends:
    """Declare what tiles send: the file of the one that was picked."""

    picked = Message(any_text(LONGEST_FILE))


_TILES = component(
    "picture_gallery",
    "pictures/gallery.js",
    html=tag("div", class_="gallery", role="toolbar", aria_label="Pictures to choose from"),
    styles=["pictures/gallery.css"],
    sends=TilesSends,
)

Tile = dict[str, str]


def tiles(
    key: str, pictures: list[Tile], chosen: str, on_picked: Callable[[str], None], *, large: bool = False
) -> None:
    """Draw pictures as buttons; `on_picked` receives the "file" of the one that is clicked."""
    offered = {picture["file"] for picture in pictures}
    picked = TilesSends.picked.to(lambda file: on_picked(file) if file in offered else None)
    # In a list, because Streamlit loads pandas, 60 MiB, to look at each list in a dictionary.
    data = [{"pictures": pictures, "chosen": chosen, "large": large}]
    _TILES(key, data, picked)


def tile(pixels: Pixels, file: str, title: str, alt: str) -> Tile:
    """Return a square thumbnail of RGB pixels, cut from the middle, as `tiles` draws it."""
    return {"file": file, "title": title, "alt": alt, "src": as_jpeg(small_square(Image.fromarray(pixels)))}


def as_jpeg(image: Image.Image) -> str:
    """Return a small image as a JPEG in a data URL."""
    return data_url(jpeg(image, 80), "jpeg")
