"""Say what one thing worth knowing about a data set is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Hold one thing worth knowing about a data set.

    `kind` names the check; `sentence` says what was found, `action` what will be done about it; `count` is how many
    pictures or files it concerns and `files` their names. A `serious` finding spoils what a training measures.
    """

    kind: str
    sentence: str
    action: str
    count: int = 0
    files: tuple[str, ...] = ()
    serious: bool = False
