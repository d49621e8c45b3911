"""Put a sequence on the page: its letters, tracks below them, and a range that a student marks."""

from collections.abc import Callable
from collections.abc import Sequence as Listed
from dataclasses import dataclass

from cnnlab.ui.data.sequences.choose import Sequence
from cnnlab.ui.parts.components import component
from cnnlab.ui.parts.packing import pack
from cnnlab.ui.parts.sending import Message
from cnnlab.ui.session.decoders import flag, position, record
from cnnlab.viz.sequences.tracks import Track, track_facts

ASK_HINT = (
    "Where is the motif? Draw over it. With the keyboard: arrow keys move, Shift and arrow keys mark, Enter sends."
)
READ_HINT = "Point at a letter, or press Tab and use the arrow keys, to read what stands there."


@dataclass(frozen=True)
class Mark:
    """Name the first and the last position of a range, counted from 0; nothing is marked where both are −1."""

    first: int
    last: int

    def lies_in(self, length: int) -> bool:
        """Tell whether a sequence has such a range."""
        return 0 <= self.first <= self.last < length

    @property
    def is_none(self) -> bool:
        """Tell whether it says that there is no motif."""
        return self.first < 0


NOTHING_MARKED = Mark(-1, -1)


class LettersSends:
    """Declare what the letters send: the range that was marked, or that there is none."""

    mark = Message(record(Mark, first=position, last=position))
    none = Message(flag)


_LETTERS = component(
    "sequence_letters",
    "sequences/letters.js",
    html="sequences/letters.html",
    styles=["sequences/letters.css"],
    sends=LettersSends,
)


def draw_letters(key: str, sequence: Sequence, tracks: Listed[Track], mark: Mark | None, *, truth: bool) -> None:
    """Draw a sequence with tracks, the student's mark, and what was planted if `truth` may be seen."""
    span = None if mark is None or mark.is_none else (mark.first, mark.last)
    planted = sequence.planted if truth else None
    _LETTERS(key, pack(*track_facts(sequence.codes, tracks, planted=planted, mark=span, hint=READ_HINT)))


def ask_for_mark(key: str, sequence: Sequence, taken: Callable[[Mark], None]) -> None:
    """Let the student mark where the motif is; `taken` receives it."""

    def take(mark: Mark) -> None:
        if mark.lies_in(len(sequence.codes)):
            taken(mark)

    _LETTERS(
        key,
        pack(*track_facts(sequence.codes, (), asks=True, hint=ASK_HINT)),
        LettersSends.mark.to(take),
        LettersSends.none.to(lambda _: taken(NOTHING_MARKED)),
    )
