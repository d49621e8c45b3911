"""Play an exercise as a student would, and record nothing."""

from cnnlab.core.classroom.exercise import Exercise
from cnnlab.ui.classroom.work.desk import begin_preview
from cnnlab.ui.classroom.work.stage import go_to, set_begin
from cnnlab.ui.session.exercise import AtWork, lay_down, take_up


def preview(exercise: Exercise) -> None:
    """Let the visitor play an exercise from its first step; call it where a button was pressed, and draw anew."""
    lay_down()
    begin_preview(exercise)
    seen = exercise.for_student()
    take_up(AtWork(seen))
    set_begin(seen)
    go_to(0)
