"""Collect what was mended, and say each kind in one quiet sentence."""

from cnnlab.core.pictures import shown_name

SENTENCES = {
    "old": "Its description, as Keras {} wrote it, was put into the words of Keras 3.",
    "left out": "Left out were arguments that change nothing here: {}.",
    "operations": "TensorFlow's operations in it are computed by those of Keras: {}.",
    "precision": "It is computed in float32 here, and was made for {}.",
    "gone": "In use they change nothing, and Keras 3 has them no more, so Identity stands for them: {}.",
    "hard_sigmoid": "hard_sigmoid of Keras 2 (0.2 x + 0.5, kept between 0 and 1) is another one than that of Keras 3; "
    "it stands as Rescaling and ReLU behind its layer.",
    "recurrent hard_sigmoid": "hard_sigmoid inside {} is that of Keras 3, which differs from that of Keras 2 by up to "
    "0.06.",
    "names": "Names with a slash are written with an underscore.",
    "random_weights": "The file holds no weights, so they are random: its shapes and parameters are true, and what the "
    "maps show was never learned.",
}
_MOST_NAMED = 6


class Notes:
    """Hold which kinds of mends there were, and what each of them was done to."""

    def __init__(self) -> None:
        self._what: dict[str, dict[str, None]] = {}

    def add(self, kind: str, what: str = "") -> None:
        """Note a mend of a kind in `SENTENCES`."""
        self._what.setdefault(kind, {})[shown_name(what) if what else ""] = None

    def said(self) -> tuple[str, ...]:
        """Return one sentence for each kind."""
        return tuple(
            sentence.format(_listed(list(self._what[kind])))
            for kind, sentence in SENTENCES.items()
            if kind in self._what
        )


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
