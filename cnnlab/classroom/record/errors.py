"""Say in one sentence why something in a class is not done."""

from cnnlab.core.words import Refusal


class ClassroomError(Refusal):
    """Say in one sentence, to a student or a teacher, why something is not done."""


class ChangedMeanwhile(ClassroomError):
    """Say that somebody else has changed what was to be changed; nothing is lost, look again."""


class TooMany(ClassroomError):
    """Say that somebody sends more than a class does."""
