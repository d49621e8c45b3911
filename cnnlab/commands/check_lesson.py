"""The command `check-lesson`: what is wrong with the file of a lesson."""

import argparse
from pathlib import Path

from cnnlab.commands.refusing import Command, say
from cnnlab.core.lessons import LessonError
from cnnlab.core.lessons.playing import flaws
from cnnlab.core.lessons.reading import LARGEST_FILE, read_lesson
from cnnlab.core.settings import Settings
from cnnlab.runs.record.settings import problem_of_form


def _options(check: argparse.ArgumentParser) -> None:
    check.add_argument("file", type=Path, metavar="FILE.md")


def _check(options: argparse.Namespace, _settings: Settings) -> int:
    with options.file.open("rb") as file:
        lesson = read_lesson(options.file.name, file.read(LARGEST_FILE + 1))
    wrong = ((step.line, said) for step in lesson.steps if (said := problem_of_form(step.go.training)))
    for line, said in (*flaws(lesson), *wrong):
        raise LessonError(options.file.name, line, said)
    asks = sum(len(step.asks) for step in lesson.steps)
    goals = sum(len(step.goals) for step in lesson.steps)
    counts = f"{len(lesson.steps)} steps, {asks} questions, {goals} goals, {lesson.minutes} minutes"
    say(f"{lesson.title}: {counts}. Nothing is wrong.")
    return 0


CHECK_LESSON = Command("check-lesson", "say what is wrong with the file of a lesson", _options, _check)
