"""What SECURITY.md claims is held: each row of its tables names tests that exist, and its numbers are the code's."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from cnnlab.classroom import files
from cnnlab.core import settings
from cnnlab.core.data.archives import tar_archives
from cnnlab.core.data.archives.zip_archives import Limits
from cnnlab.core.data.survey import near_copies
from cnnlab.core.exchange import link
from cnnlab.core.inside import heavy
from cnnlab.core.pictures import pictures, preparing
from cnnlab.core.sequences import reading as sequences
from cnnlab.core.teach import keras_directories
from cnnlab.processes import environment, model_files
from cnnlab.processes.data import arrivals, data_job, file_decoding, jobs, limited_reading
from cnnlab.processes.data.downloading import Patience
from cnnlab.processes.home import database, faults, keys
from cnnlab.processes.limits import landlock
from cnnlab.processes.pictures import reader
from cnnlab.runs.engine import caretaker
from cnnlab.runs.store import kept_trunks
from cnnlab.ui.app import housekeeping, messages, places
from cnnlab.ui.classroom.watch import whole_class
from cnnlab.ui.data.sequences import current
from cnnlab.ui.pictures import prepared
from cnnlab.ui.session import browser_files, choices, visitor
from cnnlab.ui.training.run import report
from cnnlab.viz.inside import window_facts

ROOT = Path(__file__).resolve().parents[3]
HEAD = re.compile(r"^\| what[^|]* \| [^|]+ \| (\w+) \|$")
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
MB, MIB, GIB = 1_000_000, 1 << 20, 1 << 30
LIMITS, PATIENCE = Limits(), Patience()
VALUES = {
    "descriptors": f"(at most {places.MOST:,}); when fewer than a quarter (at most {places.KEPT_FREE})",
    "the teacher's key": f"1, 2, 4 … {keys.LONGEST_WAIT:g} seconds",
    "a message of the socket": f"{messages.LARGEST // MIB} MiB, {messages.MOST_WIDGETS:,} widgets, "
    f"{messages.MOST_VALUES:,} values, {messages.LONGEST_TEXT:,} characters a text, {messages.LONGEST_QUERY:,} in the",
    "a field for text": f"(nickname {visitor.LONGEST_NICKNAME}, name of a run 60, key {settings.LONGEST_KEY}, "
    f"folder 500, tree {keras_directories.MOST_CHARACTERS:,}, conclusion {report.LONGEST:,})",
    "a typed tree": f"{keras_directories.MOST_CHARACTERS:,} characters, {keras_directories.MOST_LINES} lines, "
    f"{keras_directories.MOST_DEPTH} folders deep, {keras_directories.MOST_FILES:,} files of "
    f"{keras_directories.MOST_NAMED:,} characters together",
    "a network in a link, in the tab or as JSON": f"{link.LONGEST_TEXT:,} characters and {link.MOST_BYTES:,} bytes "
    f"unpacked, or 1 MiB; {link.MOST_LAYERS} layers",
    "names of uploaded files": f"the last part, {pictures.LONGEST_NAME} characters",
    "an archive, however small": f"{data_job.MOST_MEMORY // GIB} GiB of memory, {data_job.MOST_SECONDS // 60} minutes; "
    f"at most {LIMITS.max_total_bytes // GIB} GiB, {LIMITS.max_files:,} files, {LIMITS.max_file_bytes // MIB} MiB a "
    f"file, {LIMITS.max_ratio:g} × its packed size",
    "a process that decodes pictures or sequences, or opens a model": f"{landlock.OPEN_FILES} open files",
    "bytes behind the end of a tar file": f"more than {tar_archives.MOST_BYTES_BEHIND // MIB} MiB",
    "a picture of a data set, also from the command line and in a training": f"{limited_reading.TIMEOUT:g} s and "
    f"{file_decoding.SPARE // MIB} MiB + {file_decoding.BYTES_A_PIXEL} bytes × `CNNLAB_MAX_PIXELS` each, at most "
    f"{limited_reading.MOST_PROCESSES} of them; a bad one is left out with its reason, after more than "
    f"{limited_reading.MOST_SLOW} slow ones",
    "many archives": f"{jobs.MOST_AT_WORK} are unpacked at once; {jobs.MOST_OF_ONE} wait of a browser, "
    f"{jobs.MOST_OF_ADDRESS} of an address, {jobs.MOST_OF_ALL} in all",
    "a large archive past the page (`/cnnlab/upload`)": f"{arrivals.MOST_OF_ONE} of a browser, "
    f"{arrivals.MOST_OF_ADDRESS} of an address, {arrivals.MOST_OF_ALL} in all",
    "a file for Streamlit's own upload": f"gone after {browser_files.UNCLAIMED_SECONDS:g} s if no page reads it; "
    f"{browser_files.SESSION_FILES} × `CNNLAB_MAX_UPLOAD_MB` a session, {browser_files.ADDRESS_FILES} × an address, "
    f"{browser_files.ALL_FILES} × in all",
    "files of sequences": f"at most {sequences.MOST_CLASSES} files and {sequences.MOST_BYTES // MIB} MiB",
    "a file as an answer to an exercise": f"{files.LARGEST // MB} MB, {files.MOST_OF_STUDENT // MB} MB of a student, "
    f"{files.MOST_OF_EXERCISE // MB} MB of an exercise",
    "the zip of a whole class": f"in pieces of {whole_class.BLOCK // MIB} MiB",
    "pictures that look alike": f"at most {near_copies.MOST_PAIRS:,} pairs",
    "how long": f"{PATIENCE.silence:g} s without a byte or less than {PATIENCE.slow_bytes >> 10} KiB a minute ends a "
    f"connection, three of these in a row a download, {PATIENCE.longest / 3600:g} hours in any case",
    "a network as such": f"{link.MOST_LAYERS} layers",
    "parameters": f"Weights in a file: {heavy.MOST_PARAMETERS // MB} million",
    "one picture": f"{heavy.MOST_VALUES // MB} million numbers of all outputs (also with the padding of a dilated "
    f"kernel), {heavy.MOST_WORK // (1000 * MB)} billion multiply-adds or comparisons, {heavy.LONGEST_SIDE:,} rows or "
    f"columns, {heavy.MOST_TAPS:,} places of a depthwise kernel; a picture's side {preparing.LONGEST_SIDE:,} pixels",
    "marking": f"{heavy.MOST_PAIRS // MB} million pairs of channels",
    "a layer taken apart": f"{window_facts.MOST_MAPS // MIB} × {MIB:,} numbers, {window_facts.MOST_MAP:,} in one map "
    f"or kernel; {window_facts.MOST_STEPS:,} places of its windows",
    "drawings": f"traced up to {heavy.MOST_STEPS:,} places of windows",
    "borrowed layers": "after seven days",
    "imported files": f"five of a browser; {model_files.MOST_KEPT} and {model_files.MOST_BYTES // GIB} GiB of all",
    "a visitor's pictures": f"two to four processes with a limit on memory and {reader.TIMEOUT:g} seconds a picture",
    "memory comes back": f"at most {prepared.MOST_PREPARED // MIB} MiB",
    "the supervisor dies": f"within {caretaker.SECONDS:g} seconds",
    "the disk is full": f"{faults.LEAST_FREE // MIB} MiB in the home",
    "a fault lasts": f"a log longer than {environment.LONGEST_LOG // MIB} MiB",
}
"""What a row says of its limit, made of the constants of the code."""


def rows() -> list[tuple[str, str, str]]:
    """Return every row of every table: what, limit, test."""
    found, head = [], ""
    for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            head = ""
        elif not head:
            head = line
            assert (matched := HEAD.match(line)), line
            assert matched[1] == "test", line
        elif not line.startswith("|---"):
            what, limit, test = line.strip("| ").split(" | ")
            found.append((what, limit, test))
    return found


ROWS = rows()


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_there_are_tables_to_be_held() -> None:
    assert len(ROWS) > 60
    assert len({what for what, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("what", "test"), [(what, test) for what, _, test in ROWS])
def test_every_row_names_tests_that_exist(what: str, test: str) -> None:
    named = NAMED.findall(test)
    assert named, what
    assert NAMED.sub("", test).strip(", ") == "", what
    for path, function in named:
        assert function in functions_of(path), f"{path}::{function}"


@pytest.mark.parametrize("what", VALUES)
def test_the_numbers_of_a_row_are_those_of_the_code(what: str) -> None:
    (limit,) = [limit for named, limit, _ in ROWS if named == what]
    assert VALUES[what] in limit


def test_numbers_that_are_written_as_words_are_those_of_the_code() -> None:
    assert (model_files.MOST_OF_ONE, PATIENCE.tries, database.KEPT_ASIDE) == (5, 3, 3)
    assert (kept_trunks.GRACE, whole_class.LASTS, arrivals.CLAIM_SECONDS) == (7 * 86_400, 3_600, 120)
    assert (current.MOST_LETTERS, reader.MOST_PROCESSES) == (2_000_000, 4)
    assert (choices.MOST_UPLOADS, choices.UPLOAD_BYTES) == (100, 64 * MIB)
    assert (housekeeping.PERIOD, housekeeping.LATEST, housekeeping.QUIET) == (60, 300, 1 / 20)
