"""Know where on the page a teacher is: the list, the draft, or an exercise that can be given out."""

from cnnlab.ui.session.keys import Key

LIST, DRAFT = "", "draft"
PLACE = Key("give_place", LIST)
"""One of these two, or the name of an exercise."""
REFUSED = Key("give_refused", "")
LINK_ADDRESS = Key("give_link_address", "")
"""The address of this computer that links begin with where the teacher's own works on this computer only."""
CHANGED = Key("give_changed", 0)
"""The version that another teacher has saved meanwhile, 0 for none."""


def is_writing() -> bool:
    """Tell whether the teacher chooses or writes an exercise; one that is given out is shown to a class."""
    return PLACE.get() in (LIST, DRAFT)


def go_to(place: str) -> None:
    """Go to a place of the page."""
    PLACE.set(place)
