"""Put explanations on the page: figures over the picture, on which a student can draw a box."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

from cnnlab.core.pictures import Pixels
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import position, record
from cnnlab.viz.explain.figures import Figure, figures_facts


@dataclass(frozen=True)
class Box:
    """Name the first and the last row and column of a part of the picture, all four inside it."""

    top: int
    left: int
    bottom: int
    right: int

    def lies_in(self, height: int, width: int) -> bool:
        """Tell whether a picture has such a part."""
        return 0 <= self.top <= self.bottom < height and 0 <= self.left <= self.right < width


class ExplainSends:
    """Declare what the figures send: the box that was drawn."""

    box = Message(record(Box, top=position, left=position, bottom=position, right=position))


_VIEW = component(
    "explanations", "explain/entry.js", html="explain/explain.html", styles=["explain/explain.css"], sends=ExplainSends
)


def draw_figures(
    key: str, picture: Pixels, figures: Sequence[Figure], *, hint: str = "", box: Box | None = None, small: bool = False
) -> None:
    """Draw figures over one picture, uint8 (height, width, channels), with the box that the student has drawn."""
    drawn = None if box is None else astuple(box)
    _VIEW(key, pack(*figures_facts(picture, figures, hint=hint, box=drawn, small=small)))


def ask_for_box(key: str, picture: Pixels, figure: Figure, hint: str, taken: Callable[[Box], None]) -> None:
    """Let the student draw a box on a picture; `taken` receives it."""
    height, width = picture.shape[:2]

    def take(box: Box) -> None:
        if box.lies_in(height, width):
            taken(box)

    _VIEW(key, pack(*figures_facts(picture, [figure], hint=hint, asks=True)), ExplainSends.box.to(take))
