"""Say what the tables of the record of classes look like, and bring a record of an older version up to date."""

import sqlite3

from cnnlab.processes.home.faults import NewerRecord

# What has been published is never changed, only followed by another step: a record remembers how many it has taken.
_FIRST = """
CREATE TABLE exercises (id TEXT PRIMARY KEY, created REAL NOT NULL);
CREATE TABLE versions (
    exercise TEXT NOT NULL REFERENCES exercises (id) ON DELETE CASCADE, version INTEGER NOT NULL,
    text TEXT NOT NULL, title TEXT NOT NULL, saved REAL NOT NULL, PRIMARY KEY (exercise, version)
);
CREATE TABLE students (
    id TEXT PRIMARY KEY, exercise TEXT NOT NULL REFERENCES exercises (id) ON DELETE CASCADE, version INTEGER NOT NULL,
    name TEXT NOT NULL, code BLOB NOT NULL UNIQUE, begun REAL NOT NULL, touched REAL NOT NULL,
    seconds REAL NOT NULL DEFAULT 0, state TEXT NOT NULL, standing TEXT NOT NULL DEFAULT '{}',
    points REAL, comment TEXT NOT NULL DEFAULT '', marked INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX students_of_exercise ON students (exercise);
CREATE TABLE browsers (
    owner TEXT NOT NULL, exercise TEXT NOT NULL, student TEXT NOT NULL REFERENCES students (id) ON DELETE CASCADE,
    PRIMARY KEY (owner, exercise)
);
CREATE INDEX browsers_of_student ON browsers (student);
CREATE TABLE attempts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, student TEXT NOT NULL REFERENCES students (id) ON DELETE CASCADE,
    version INTEGER NOT NULL, step INTEGER NOT NULL, ask INTEGER NOT NULL, round INTEGER NOT NULL,
    given TEXT NOT NULL, correct INTEGER, slip TEXT NOT NULL, said TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX attempts_of_student ON attempts (student, version, step, ask);
CREATE TABLE hints (
    student TEXT NOT NULL REFERENCES students (id) ON DELETE CASCADE, version INTEGER NOT NULL, step INTEGER NOT NULL,
    ask INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (student, version, step, ask)
);
CREATE TABLE goals (
    student TEXT NOT NULL REFERENCES students (id) ON DELETE CASCADE, version INTEGER NOT NULL, step INTEGER NOT NULL,
    goal INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (student, version, step, goal)
);
CREATE TABLE trainings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, student TEXT NOT NULL REFERENCES students (id) ON DELETE CASCADE,
    run TEXT NOT NULL DEFAULT '', at REAL NOT NULL
);
CREATE INDEX trainings_of_student ON trainings (student);
CREATE TABLE submissions (
    student TEXT NOT NULL REFERENCES students (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    version INTEGER NOT NULL, receipt TEXT NOT NULL, proposed REAL NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (student, number)
);
CREATE TABLE class_questions (
    exercise TEXT NOT NULL REFERENCES exercises (id) ON DELETE CASCADE, version INTEGER NOT NULL, step INTEGER NOT NULL,
    ask INTEGER NOT NULL, phase TEXT NOT NULL, revision INTEGER NOT NULL, turn INTEGER NOT NULL,
    PRIMARY KEY (exercise, version, step, ask)
);
CREATE TABLE follow (room TEXT PRIMARY KEY, number INTEGER NOT NULL, state TEXT NOT NULL, at REAL NOT NULL);
"""
_FILES = """
CREATE TABLE files (
    attempt INTEGER PRIMARY KEY REFERENCES attempts (number) ON DELETE CASCADE, size INTEGER NOT NULL,
    digest TEXT NOT NULL, handed_in INTEGER NOT NULL DEFAULT 0, content BLOB NOT NULL
);
"""
_PICTURES = """
CREATE TABLE pictures (
    student TEXT PRIMARY KEY REFERENCES students (id) ON DELETE CASCADE, name TEXT NOT NULL, digest TEXT NOT NULL,
    size INTEGER NOT NULL, content BLOB NOT NULL
);
"""
STEPS = (_FIRST, _FILES, _PICTURES)
TABLES = (
    *("exercises", "versions", "students", "browsers", "attempts", "hints", "goals", "trainings", "submissions"),
    *("class_questions", "follow", "files", "pictures"),
)


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Take the steps that a record lacks, all or none; of two processes that do so at once one waits for the other."""
    if _taken(connection) == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        taken = _taken(connection)
        if taken > len(STEPS):
            raise NewerRecord(f"step {taken}")
        for step in STEPS[taken:]:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _taken(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
