"""Hold what a benchmark found, and print it as one table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

HEADINGS = ("row", "ours", "peer", "ratio", "bar", "")
WIDEST = 40  # characters of the bar of the highest cost


@dataclass(frozen=True)
class Line:
    """Hold one measured value, what it is compared with, and the bar it must reach.

    With `of_peer` the bar holds for `ours / peer`, else for `ours` alone; `at_least` turns the comparison round.
    Without a bar the line only informs. A `failure` says in one sentence why there is no value. With `points`, pairs
    of a size and what it costs in the unit, `ours` is the exponent by which the cost grows; they are drawn below it.
    """

    what: str
    ours: float | None = None
    unit: str = ""
    bar: float | None = None
    peer: float | None = None
    of_peer: bool = False
    at_least: bool = False
    failure: str = ""
    points: Sequence[Sequence[float]] = ()

    @property
    def ratio(self) -> float | None:
        """Return ours / peer, or None without a peer."""
        return self.ours / self.peer if self.ours is not None and self.peer else None

    @property
    def met(self) -> bool | None:
        """Tell whether the bar is reached; None if there is no bar."""
        if self.failure:
            return False
        compared = self.ratio if self.of_peer else self.ours
        if self.bar is None or compared is None:
            return None
        return compared >= self.bar if self.at_least else compared <= self.bar

    def cells(self) -> tuple[str, ...]:
        """Return the line as text, one entry a column."""
        if self.failure:
            return (self.what, "failed", "", "", "", self.failure)
        said = {True: "met", False: "NOT MET", None: ""}[self.met]
        return (self.what, self._amount(self.ours), self._amount(self.peer), _ratio(self.ratio), self._bar(), said)

    def drawn(self) -> list[str]:
        """Return the points as bars of text, one line each."""
        most = max((cost for _, cost in self.points), default=0.0)
        return [
            f"{size:>12,.0f}  {'█' * max(1, round(WIDEST * cost / most))} {_number(cost)} {self.unit}"
            for size, cost in self.points
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the line as JSON holds it."""
        return asdict(self)

    def _amount(self, value: float | None) -> str:
        if value is None:
            return ""
        return f"^ {value:.2f}" if self.points else f"{_number(value)} {self.unit}"

    def _bar(self) -> str:
        if self.bar is None:
            return ""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {_ratio(self.bar)} of peer" if self.of_peer else f"{sign} {self._amount(self.bar)}"


def table(lines: Sequence[Line]) -> str:
    """Return the lines as text in aligned columns under a heading."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS) - 1)]
    drawn: list[list[str]] = [[], *(line.drawn() for line in lines)]
    return "\n".join(text for row, bars in zip(rows, drawn, strict=True) for text in (_aligned(row, widths), *bars))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
    return "  ".join([first, *(cell.strip().rjust(len(cell)) for cell in rest), row[-1]]).rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _ratio(value: float | None) -> str:
    if value is None:
        return ""
    return f"1/{1 / value:.0f}" if 0 < value < 0.05 else f"{value:.2f}"
