"""Keep what an exercise lets nobody touch as it is, whoever sets it, and whatever a browser sends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cnnlab.core.classroom.handles import (
    AUGMENT,
    DATA,
    LOOK,
    NETWORK,
    handles_between,
    handles_between_augmentations,
)


@dataclass(frozen=True)
class Lock:
    """Hold what may be touched, by page and handle, and who is told of a change that was not taken."""

    may_touch: Callable[[str, str], bool]
    tell: Callable[[str], None]

    def taken(self, name: str, old: Any, new: Any) -> Any:
        """Return what a visitor's `Shared` takes of a new value: the old one, where something locked would change."""
        for page, handle in _changed(name, old, new):
            if not self.may_touch(page, handle):
                self.tell(f"This exercise keeps {handle} on the page {page} as it is, so nothing has changed.")
                # Controls take what they are given only in a new version, and shall jump back.
                return replace(old, version=old.version + 1) if hasattr(old, "version") else old
        return new


def _changed(name: str, old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Yield page and handle of everything that becomes different."""
    if name == "history":
        yield from ((NETWORK, handle) for handle in handles_between(old.network, new.network))
    elif name == "augment":
        found = handles_between_augmentations(old.augmentation, new.augmentation)
        yield from ((AUGMENT, handle) for handle in found)
    # Before anything was chosen the page takes the first one, or what a lesson would.
    elif name == "picture" and old.held is not None and (old.held, old.preparation) != (new.held, new.preparation):
        yield LOOK, "picture"
    elif name == "data" and (old.reference, old.classes) != (new.reference, new.classes):
        yield DATA, "data"
