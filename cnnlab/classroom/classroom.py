"""Open the record of the classes of a home, and everything that is done with it."""

import time
from collections.abc import Callable
from pathlib import Path

from cnnlab.classroom.asking import Asking
from cnnlab.classroom.exercises import Exercises
from cnnlab.classroom.export import Export
from cnnlab.classroom.files import Files
from cnnlab.classroom.follow import Follow
from cnnlab.classroom.forgetting import Forgetting
from cnnlab.classroom.handing_in import HandingIn
from cnnlab.classroom.pictures import Pictures
from cnnlab.classroom.record.signed import Invitation, Signer, invitation_to
from cnnlab.classroom.store.base import Base
from cnnlab.classroom.store.database import PATIENCE, ClassDatabase
from cnnlab.classroom.store.faults import NO_KEY, ClassroomFault
from cnnlab.classroom.students import Students
from cnnlab.classroom.table import Table
from cnnlab.classroom.works import Works
from cnnlab.processes.home.keys import kept_key

KEY = "classroom.key"


class Classroom:
    """Hold all classes of one home; safe for several processes and several threads.

    `home/classroom.sqlite` has everything but `home/classroom.key`, which signs links, receipts and tokens. What a
    student may do takes the student's token; who may do the rest is decided where the teacher's key is asked for.
    Students who gave no sign of life for `keep_days` are forgotten, when the record is opened and once an hour after.
    Every method raises a `ClassroomError` in one sentence; a `ClassroomFault` while the home cannot be used.
    """

    def __init__(
        self, home: Path, keep_days: int, patience: float = PATIENCE, clock: Callable[[], float] = time.time
    ) -> None:
        key = kept_key(home / KEY)
        if key is None:
            raise ClassroomFault(NO_KEY)
        self._database = ClassDatabase(home, patience)
        self._signer = Signer(key)
        base = Base(self._database, self._signer, clock)
        self.exercises = Exercises(base)
        self.students = Students(base)
        self.works = Works(base)
        self.files = Files(base)
        self.pictures = Pictures(base)
        self.handing_in = HandingIn(base)
        self.table = Table(base)
        self.asking = Asking(base)
        self.follow = Follow(base)
        self.export = Export(self.exercises, self.table, self.files)
        self.forgetting = Forgetting(base, keep_days)
        self.forgetting.go_on()

    def link(self, exercise_id: str, *, short: bool = False) -> str:
        """Return the text of a link to the newest version of an exercise; a short one suits a code on a projector."""
        kept = self.exercises.newest(exercise_id)
        return self._signer.link(invitation_to(kept.exercise, kept.id, kept.version, short=short))

    def invited(self, text: str) -> Invitation:
        """Return what a link says; raise `ClassroomError` for every text that this home has not signed."""
        return self._signer.read_link(text)

    def close(self) -> None:
        """Close the record."""
        self.forgetting.stop()
        self._database.close()
