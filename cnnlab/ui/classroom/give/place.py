"""Know where on the page a teacher is: the list, the draft, or an exercise that can be given out."""

from cnnlab.ui.session.keys import Key

LIST, DRAFT = "", "draft"
PLACE = Key("give_place", LIST)
"""One of these two, or the name of an exercise."""
REFUSED = Key("give_refused", "")
CHANGED = Key("give_changed", 0)
"""The version that another teacher has saved meanwhile, 0 for none."""


def go_to(place: str) -> None:
    """Go to a place of the page."""
    PLACE.set(place)
