"""Draw what can be done in the next minute: one card a page, all of them in one element."""

from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.pages import TITLES
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import word
from cnnlab.ui.session.keys import PAGE_WANTED
from cnnlab.viz.html import heading, paragraph, tag

STEPS = (
    ("Change a layer", "Move a kernel size and watch every tensor shape follow.", "architecture"),
    ("Follow one number", "Take a convolution apart, down to a single product.", "convolution"),
    ("See inside", "Upload a picture and look at every feature map.", "feature_maps"),
    ("Know the data", "See every picture of a set, and what is wrong with it.", "data"),
    ("Bend the data", "See what shear, zoom and flip do to each sample.", "augmentation"),
    ("Train it", "Launch a real Keras training and watch its curves live.", "training"),
)


class StepsSends:
    """Declare what the steps send: the page of the one that was pressed."""

    opened = Message(word(page for _, _, page in STEPS))


_STEPS = component(
    "home_steps",
    "home/steps.js",
    html=tag(
        "div",
        *(
            tag("div", heading(title), paragraph(what), tag("a", TITLES[page], href=page, data_page=page))
            for title, what, page in STEPS
        ),
        class_="home-steps",
    ),
    styles=["home/steps.css"],
    sends=StepsSends,
    isolate=False,
)


def next_steps() -> None:
    """Draw the steps."""
    _STEPS("home_steps", [], StepsSends.opened.to(PAGE_WANTED.set))
