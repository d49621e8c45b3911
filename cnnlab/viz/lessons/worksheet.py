"""Write a lesson as a worksheet to print on A4, or as the teacher's copy with the key: HTML that needs nothing else."""

from collections.abc import Iterable, Iterator

from cnnlab.core.lessons import Ask, Lesson
from cnnlab.core.lessons.texts import filled, parser_of
from cnnlab.core.lessons.worksheet import BLANK, Exercise, Key
from cnnlab.viz.html import (
    Html,
    bold,
    document,
    from_markdown,
    line,
    paragraph,
    quiet,
    style_sheet,
    table,
    tag,
    together,
)

STYLE = """
@page { size: A4; margin: 14mm 15mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.4 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 180mm; margin: 8mm auto; padding: 0 4mm; overflow-wrap: anywhere; }
header { border-bottom: 1.5pt solid #0b6e99; padding-bottom: 2mm; }
h1 { font-size: 17pt; margin: 0; }
h2 { font-size: 12.5pt; margin: 6mm 0 1mm; break-after: avoid; }
p { margin: 1mm 0; }
code { font-family: ui-monospace, Consolas, Menlo, monospace; font-size: 0.92em; }
.quiet { color: #555; font-size: 9pt; }
.who { display: flex; gap: 8mm; margin-top: 4mm; }
.who span { flex: 1; border-bottom: 0.6pt solid #777; min-height: 7mm; }
.ask, .goal { break-inside: avoid; margin: 3mm 0; }
.room { border-bottom: 0.6pt solid #999; height: 9mm; }
.choices { list-style: none; padding: 0; margin: 1mm 0; }
.key { break-inside: avoid; border-left: 1.2mm solid #0b6e99; background: #eef5f9; padding: 1.5mm 3mm; margin: 1.5mm 0;
  font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; margin-top: 1mm; }
caption { text-align: left; color: #555; font-size: 9pt; }
th, td { text-align: left; vertical-align: top; font-weight: 400; }
th, td { padding: 0.4mm 2mm 0.4mm 0; border-bottom: 0.4pt solid #ccc; }
tbody th { width: 34%; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""
_LINES, _SENTENCE_LINES = 1, 3
_BOX = "☐ "


def worksheet_html(lesson: Lesson, exercises: Iterable[Exercise], *, key: bool) -> Html:
    """Return the whole page, with the key or with room to write; raise `LanguageError`."""
    title = f"{lesson.title}: {'teacher’s copy' if key else 'worksheet'}"
    screen = tag("meta", name="viewport", content="width=device-width, initial-scale=1")
    sections = (_step(number, exercise, key) for number, exercise in enumerate(exercises, 1))
    body = tag("main", _top(lesson, title, key), *sections, quiet("Made with CNN Lab."), lang=lesson.lang)
    return document(together(screen, tag("title", title), style_sheet(STYLE)), body)


def _top(lesson: Lesson, title: str, key: bool) -> Html:
    who = tag("div", tag("span", "Name"), tag("span", "Date"), class_="who")
    quote = paragraph(tag("q", lesson.quote)) if lesson.quote else ""
    minutes = quiet(f"{lesson.minutes} minutes, {len(lesson.steps)} steps; numbers for the post’s own network")
    return tag("header", tag("h1", title), minutes, quote, "" if key else who)


def _step(number: int, exercise: Exercise, key: bool) -> Html:
    step, parser = exercise.step, parser_of(exercise.facts, BLANK)
    layer = f", layer {step.go.layer}" if step.go.layer else ""
    asked = (_ask(ask, answer, exercise, key) for ask, answer in zip(step.asks, exercise.keys, strict=True))
    goals = (tag("p", _BOX, from_markdown(goal.text, parser, one_line=True), class_="goal") for goal in step.goals)
    return tag(
        "section",
        tag("h2", f"{number}. {step.title}"),
        quiet(f"Page: {step.go.page.replace('_', ' ')}{layer}"),
        from_markdown(step.text, parser),
        *asked,
        *goals,
    )


def _ask(ask: Ask, answer: Key, exercise: Exercise, key: bool) -> Html:
    parser = parser_of(exercise.facts, BLANK)
    texts = [filled(choice.text, exercise.facts, BLANK) for choice in ask.choices]
    choices = [tag("ul", *(tag("li", _BOX, text) for text in texts), class_="choices")] if texts else []
    question = paragraph(bold(from_markdown(ask.question, parser, one_line=True)))
    below = _key(ask, answer, exercise) if key else _room(ask)
    return tag("div", question, *choices, *below, class_="ask")


def _room(ask: Ask) -> Iterator[Html]:
    """Yield lines to write on; whoever chooses says why in one."""
    for _ in range(_SENTENCE_LINES if ask.sentence else _LINES):
        yield tag("div", class_="room")


def _key(ask: Ask, answer: Key, exercise: Exercise) -> Iterator[Html]:
    parser = parser_of(exercise.facts, BLANK)
    hint = [quiet("Hint: ", from_markdown(ask.hint, parser, one_line=True))] if ask.hint else []
    explain = [from_markdown(ask.explain, parser)] if ask.explain else []
    slips = [_slips(answer)] if answer.slips else []
    yield tag("div", paragraph(bold("Answer: ", answer.answer)), *explain, *slips, *hint, class_="key")


def _slips(answer: Key) -> Html:
    rows = (line(given, said) for given, said in answer.slips)
    return table("Wrong answers and what they mean", ("answer", "what it means"), rows)
