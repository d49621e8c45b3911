"""Draw how a class answered: a line an answer, with its numbers, the first and the second vote side by side."""

from collections.abc import Sequence

from cnnlab.classroom.record.phases import Bar
from cnnlab.ui.classroom.watch.columns import cut
from cnnlab.viz.html import NOTHING, Html, aside, column_head, line_head, quiet, table, tag, together

MOST_SHOWN = 8  # lines that the last row can read
LONGEST_LABEL = 60


def histogram(first: Sequence[Bar], second: Sequence[Bar] = ()) -> Html:
    """Return the votes as a table; the most frequent answers stand by themselves, the others together."""
    if not first and not second:
        return quiet("Nobody has answered.")
    votes = [votes for votes in (first, second) if votes]
    counts = [{bar.given: bar for bar in each} for each in votes]
    given = list(dict.fromkeys(bar.given for each in (second, first) for bar in each))
    given.sort(key=lambda name: -max(bars[name].count for bars in counts if name in bars))
    totals = [sum(bar.count for bar in each) for each in votes]
    lines = [_line(name, counts, totals) for name in given[:MOST_SHOWN]]
    if rest := given[MOST_SHOWN:]:
        numbers = [sum(bars[name].count for name in rest if name in bars) for bars in counts]
        cells = [_bar(number, total) for number, total in zip(numbers, totals, strict=True)]
        lines.append(tag("tr", line_head(f"{len(rest)} other answers", css="answer"), *cells))
    names = ("First vote", "Second vote") if len(votes) == 2 else ("Answers",)
    heads = ("Answer", *(column_head(name, aside(f" {total}")) for name, total in zip(names, totals, strict=True)))
    return table("How the class answered", heads, lines, "votes")


def _line(given: str, counts: Sequence[dict[str, Bar]], totals: Sequence[int]) -> Html:
    bars = [each.get(given) for each in counts]
    known = next(bar for bar in reversed(bars) if bar is not None)
    css = {True: "answer right", False: "answer wrong", None: "answer"}[known.right]
    mark = {True: "✓ ", False: "", None: ""}[known.right]
    said = tag("span", "right: ", class_="said") if known.right else NOTHING
    slip = tag("div", known.slip, class_="quiet") if known.slip else NOTHING
    name = tag("span", together(tag("span", mark, aria_hidden="true"), said, cut(given, LONGEST_LABEL)), title=given)
    cells = [_bar(0 if bar is None else bar.count, total) for bar, total in zip(bars, totals, strict=True)]
    return tag("tr", line_head(name, slip, css=css), *cells)


def _bar(count: int, total: int) -> Html:
    share = count / total if total else 0.0
    return tag("td", tag("i", style=f"--share: {share:.3f}"), tag("b", count), aside(f" {share:.0%}"))
