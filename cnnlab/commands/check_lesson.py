"""The command `check-lesson`: what is wrong with the file of a lesson."""

import argparse
import time
from pathlib import Path

from cnnlab.commands.refusing import Command, say
from cnnlab.core.classroom.flaws import flaws as flaws_of_exercise
from cnnlab.core.classroom.reading import is_exercise, read_exercise
from cnnlab.core.lessons import LessonError
from cnnlab.core.lessons.playing import flaws
from cnnlab.core.lessons.reading import LARGEST_FILE, read_lesson
from cnnlab.core.settings import Settings
from cnnlab.runs.record.settings import problem_of_form


def _options(check: argparse.ArgumentParser) -> None:
    check.add_argument("file", type=Path, metavar="FILE.md")


def _check(options: argparse.Namespace, settings: Settings) -> int:
    with options.file.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    exercise = read_exercise(options.file.name, content) if is_exercise(options.file.name, content) else None
    lesson = read_lesson(options.file.name, content) if exercise is None else exercise.lesson
    found = flaws(lesson) if exercise is None else flaws_of_exercise(exercise, settings, time.time())
    begin = () if exercise is None else ((1, exercise.begin),)
    gos = (*begin, *((step.line, step.go) for step in lesson.steps))
    wrong = ((line, said) for line, go in gos if (said := problem_of_form(go.training)))
    for line, said in (*found, *wrong):
        raise LessonError(options.file.name, line, said)
    asks = sum(len(step.asks) for step in lesson.steps)
    goals = sum(len(step.goals) for step in lesson.steps)
    counts = f"{len(lesson.steps)} steps, {asks} questions, {goals} goals, {lesson.minutes} minutes"
    say(f"{lesson.title}: {counts}. Nothing is wrong.")
    return 0


CHECK_LESSON = Command("check-lesson", "say what is wrong with the file of a lesson", _options, _check)
