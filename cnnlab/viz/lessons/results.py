"""Draw the answers of a check that is complete, with what went wrong and how each number is computed."""

from collections.abc import Mapping, Sequence

from cnnlab.core.lessons.checks import Question
from cnnlab.viz.html import Html, bold, paragraph, quiet, tag


def results(
    asked: Sequence[Question], given: Sequence[int | None], lessons: Mapping[str, str], code: str
) -> tuple[Html, ...]:
    """Return the score and one box a question; `lessons` are the titles of lessons by name."""
    right = sum(answer == question.right for question, answer in zip(asked, given, strict=True))
    boxes = (
        _box(number, question, answer, lessons.get(question.lesson, ""))
        for number, (question, answer) in enumerate(zip(asked, given, strict=True), 1)
    )
    return (
        tag("p", bold(f"{right} of {len(asked)} right."), " Your code is ", tag("code", code), ".", role="status"),
        *boxes,
    )


def _box(number: int, question: Question, answer: int | None, lesson: str) -> Html:
    is_right = answer == question.right
    color = "var(--good)" if is_right else "var(--problem)"
    return tag(
        "div",
        paragraph(bold(f"{number}. "), question.text),
        paragraph(_verdict(question, answer)),
        *(tag("div", line) for line in question.explain),
        quiet(f"Lesson: {lesson}") if lesson else "",
        class_="notice",
        style=f"--notice:{color}",
    )


def _verdict(question: Question, answer: int | None) -> Html:
    if answer is None:
        return bold(f"It is {question.right:,}.")
    if answer == question.right:
        return bold(f"Right: {answer:,}.")
    _, said = question.slip(answer)
    return tag("span", bold(f"Not {answer:,}; it is {question.right:,}."), f" {said}" if said else "")
