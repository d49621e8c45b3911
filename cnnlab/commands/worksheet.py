"""The command `worksheet`: a lesson as a page to print."""

import argparse
from functools import partial
from pathlib import Path

from cnnlab.commands.refusing import Command, say
from cnnlab.core.lessons.reading import LARGEST_FILE, read_lesson
from cnnlab.core.lessons.worksheet import exercises
from cnnlab.core.settings import Settings
from cnnlab.runs.judge.lesson_facts import run_facts
from cnnlab.runs.record import RECORDED
from cnnlab.runs.store.recorded import RecordedRun
from cnnlab.viz.lessons.worksheet import worksheet_html


def _options(worksheet: argparse.ArgumentParser) -> None:
    worksheet.add_argument("file", type=Path, metavar="FILE.md")
    worksheet.add_argument("--key", action="store_true", help="the teacher's copy, with answers and slips")


def _worksheet(options: argparse.Namespace, _settings: Settings) -> int:
    with options.file.open("rb") as file:
        lesson = read_lesson(options.file.name, file.read(LARGEST_FILE + 1))
    recorded = partial(run_facts, RecordedRun(), RECORDED, yours=False)
    say(worksheet_html(lesson, exercises(lesson, recorded), key=options.key).rstrip())
    return 0


WORKSHEET = Command("worksheet", "print a lesson as HTML for paper", _options, _worksheet)
