"""The documents stay true: settings, commands, files and pages that they name exist, and none is left out."""

import contextlib
import re
import sqlite3
from pathlib import Path

import pytest

from cnnlab.__main__ import main
from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.store.schema import TABLES, bring_up_to_date
from cnnlab.core import settings
from cnnlab.core.classroom.reading import SETTINGS as EXERCISE_SETTINGS
from cnnlab.core.data.offers.table import OFFERS
from cnnlab.core.lessons.check_kinds import KINDS
from cnnlab.core.lessons.facts import FACTS
from cnnlab.core.lessons.lesson import FIRST_PICTURE, GO, PAGES, PARTS, POINTS, TRAINING
from cnnlab.ui.session.visitor import COOKIE

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
}
SETTINGS = DOCUMENTS["docs/settings.md"]
COMMANDS = DOCUMENTS["docs/command-line.md"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_table_and_the_table_names_no_other() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'"(CNNLAB_[A-Z_]+)"', source))
    listed = set(re.findall(r"^\| `(CNNLAB_[A-Z_]+)` \|", SETTINGS, re.MULTILINE))
    assert listed == read


@pytest.mark.parametrize(
    "name", ["max_epochs", "max_params", "max_pixels", "max_upload_mb", "max_minutes", "max_disk_mb", "keep_days"]
)
def test_the_tables_defaults_are_the_codes(name: str) -> None:
    assert f"| `CNNLAB_{name.upper()}` | {getattr(settings.Settings, name)} |" in SETTINGS


def test_every_command_in_the_documents_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "shapes", "train", "features", "explain", "check-data", "worksheet", "recover"):
        assert f"python -m cnnlab {command}" in COMMANDS
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
        block = COMMANDS.split(f"python -m cnnlab {command}")[1].split("python -m cnnlab")[0].split("```")[0]
        assert set(re.findall(r"--[a-z-]+", block)) <= known


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    for name, text in DOCUMENTS.items():
        assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)) <= targets, name
    assert {"run", "test", "test-pages", "test-slow", "test-ray", "check", "bench"} <= targets


def test_every_file_that_is_linked_exists() -> None:
    for name, text in DOCUMENTS.items():
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert ((ROOT / name).parent / target).exists(), f"{name} links {target}"


def test_every_direct_dependency_has_a_reason() -> None:
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-ray.txt", "requirements-fuzz.txt"):
        for line in (ROOT / file).read_text().splitlines():
            name = re.match(r"[a-z][a-z0-9-]*", line)
            if name:
                assert name[0] in DOCUMENTS["docs/house.md"], name[0]


def test_every_page_is_described() -> None:
    from cnnlab.ui.parts.pages import TITLES

    for name, title in TITLES.items():
        assert name == "home" or f"| {title} |" in DOCUMENTS["docs/pages.md"]


def test_every_path_and_module_that_the_documents_name_exists() -> None:
    for name, text in DOCUMENTS.items():
        for path in re.findall(r"`((?:cnnlab|pages|tests|benchmarks|assets|docs)/[\w./-]*)`", text):
            assert (ROOT / path).exists(), f"{name} names {path}"
        for module in re.findall(r"`(cnnlab(?:\.[a-z_]+)+)", text):
            path = ROOT / module.replace(".", "/")
            assert any(p.exists() for p in (path, path.with_suffix(".py"), path.parent.with_suffix(".py"))), module


def test_every_room_stands_in_the_document_of_the_house() -> None:
    for room in (path for path in (ROOT / "cnnlab").iterdir() if (path / "__init__.py").exists()):
        assert f"cnnlab/{room.name}/" in DOCUMENTS["docs/house.md"]


def test_the_study_names_every_kind_of_question_and_every_column_of_the_file() -> None:
    study = DOCUMENTS["docs/study.md"]
    script = (ROOT / "cnnlab/ui/components/lessons/taken.js").read_text(encoding="utf-8")
    columns = re.findall(r'"(\w+)"', script.split("CHECK_COLUMNS = [")[1].split("]")[0])
    assert len(columns) > 5
    assert set(columns) <= set(re.findall(r"`(\w+)`", study))
    asked = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (\d+) \|", study, re.MULTILINE))
    assert asked == {name: str(int(kind.lesson[:2])) for name, kind in KINDS.items()}


def test_every_setting_of_an_exercise_is_described() -> None:
    table = DOCUMENTS["docs/lessons.md"].split("[exercise]")[-1].split("###")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(EXERCISE_SETTINGS)


def test_everything_that_can_be_fetched_stands_in_its_document_as_in_the_code() -> None:
    for offer in OFFERS.values():
        written = str(offer.hash).split(" ")[0]
        checksum = f"{written} `{offer.hash.digits}`" if offer.hash else "no hash published"
        row = f"| {offer.name} | `{offer.address}` | {offer.size:,} | {checksum} | {offer.licence} |"
        assert row in DOCUMENTS["docs/fetching.md"]


def test_what_is_said_about_privacy_is_true_of_the_code(home: Path) -> None:
    privacy = DOCUMENTS["docs/privacy.md"]
    assert set(re.findall(r"CNNLAB_[A-Z_]+", privacy)) == {"CNNLAB_HOME", "CNNLAB_TEACHER_KEY", "CNNLAB_KEEP_DAYS"}
    assert f"`CNNLAB_KEEP_DAYS` days ({settings.Settings.keep_days} if" in privacy
    assert COOKIE in privacy
    room = Classroom(home, settings.Settings.keep_days)
    room.exercises.all()
    found = {path.name for path in home.iterdir()}
    room.close()
    (home / "classroom.sqlite").write_bytes(b"no database" * 100)
    room = Classroom(home, settings.Settings.keep_days)
    room.exercises.all()
    found |= {path.name for path in home.iterdir()}
    room.close()
    named = set(re.findall(r"`(classroom\.[\w.-]+)", privacy))
    assert {re.sub(r"damaged-.*", "damaged-", name) for name in found} == named


def test_of_a_student_the_record_has_what_the_page_says_and_no_more() -> None:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as record:
        bring_up_to_date(record)
        columns = {
            table: {row[1] for row in record.execute(f"PRAGMA table_info({table})")}
            for (table,) in record.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            if not table.startswith("sqlite_")
        }
    assert set(columns) == set(TABLES)
    about = {name: columns[name] - {"student", "number", "version", "step", "ask", "goal"} for name in columns}
    assert about["students"] - {"id", "exercise", "state", "marked"} == {
        *("name", "code", "begun", "touched", "seconds", "standing", "points", "comment"),
    }
    assert about["browsers"] == {"owner", "exercise"}
    assert about["attempts"] == {"round", "given", "correct", "slip", "said", "at"}
    assert (about["hints"], about["goals"], about["trainings"]) == ({"at"}, {"at"}, {"run", "at"})
    assert about["files"] == {"attempt", "size", "digest", "handed_in", "content"}
    assert about["submissions"] == {"receipt", "proposed", "at"}


def test_the_home_page_credits_the_post_and_its_notebook() -> None:
    home = (ROOT / "pages" / "home.py").read_text(encoding="utf-8")
    for address in re.findall(r"https://[a-z0-9./-]*charlesreid1[^)\s\"]*", README):
        assert address in home


def test_the_locks_agree_on_every_package_that_they_share() -> None:
    locks = [(ROOT / f"requirements{kind}.lock").read_text(encoding="utf-8") for kind in ("", "-dev", "-ray")]
    pinned = [dict(re.findall(r"^([a-z0-9._-]+)==([^ \n]+)", lock, re.MULTILINE)) for lock in locks]
    for more in pinned[1:]:
        assert pinned[0].items() <= more.items()
    assert all(pinned[1][name] == pinned[2][name] for name in pinned[1].keys() & pinned[2].keys())


def test_everything_that_a_lesson_may_say_is_described() -> None:
    said = set(re.findall(r"`([a-z_0-9]+)(?:\([a-z, ]*\)| = [^`]+)?`", DOCUMENTS["docs/lessons.md"]))
    parts = {part for each in PARTS.values() for part in each}
    for names in (PAGES, POINTS, parts, GO, TRAINING, FACTS, {FIRST_PICTURE}):
        assert set(names) <= said | {"of"}, sorted(set(names) - said)
