"""Work goes from a draft to marks and back as the states allow, and every student sees the own work only."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cnnlab.classroom.classroom import Classroom
from cnnlab.classroom.record.errors import ChangedMeanwhile, ClassroomError, TooMany
from cnnlab.classroom.record.work import TRANSITIONS, Event, Standing, State, moved
from cnnlab.core.lessons import Situation
from cnnlab.core.network import Network
from cnnlab.processes.data.jobs import Asker
from tests.unit.classroom.exercise_files import (
    ANN,
    BEN,
    CHOICE,
    FRONT,
    NOW,
    POST,
    SECRETS,
    SENTENCE,
    STEPS,
    WIDTH,
    Clock,
    exercise,
    opened,
)

DAY = 24 * 3600.0


def begun(room: Classroom, exercise_id: str, asker: Asker = ANN, name: str = "Ann") -> str:
    return room.students.begin(exercise_id, name, asker).token


def test_an_answer_is_judged_at_once_and_its_slip_is_named(room: Classroom, given_out: str) -> None:
    token = begun(room, given_out)
    wrong = room.works.answer(token, WIDTH, "150", POST, ANN)
    assert (wrong.right, wrong.said, wrong.slip, wrong.committed) == (False, "z-mistake", "z-mistake", False)
    right = room.works.answer(token, WIDTH, "148", POST, ANN)
    assert (right.right, right.said) == (True, "Right: 148.")
    asked = room.works.view(token).asked[WIDTH]
    assert [each.given for each in asked.attempts] == ["150", "148"]
    assert asked.is_right


def test_what_is_no_answer_is_said_and_not_kept(room: Classroom, given_out: str) -> None:
    token = begun(room, given_out)
    assert room.works.answer(token, WIDTH, "  ", POST, ANN).said == "Type an answer first."
    assert room.works.answer(token, WIDTH, "no idea", POST, ANN).said == "Expected one number."
    assert room.works.answer(token, CHOICE, "7", POST, ANN).said == "Choose one of the answers."
    trained = STEPS.replace('width("conv2d") + 4141414 - 4141414', "val_accuracy")
    other = begun(room, room.exercises.add(exercise(steps=trained)).id)
    assert "No training is open yet" in room.works.answer(other, WIDTH, "0.5", POST, ANN).said
    for each in (token, other):
        assert all(asked.attempts == () for asked in room.works.view(each).asked.values())
    with pytest.raises(ClassroomError, match="no such question"):
        room.works.answer(token, (9, 9), "1", POST, ANN)


def test_every_byte_that_a_student_gets_holds_no_solution_before_it_may(room: Classroom, given_out: str) -> None:
    token = begun(room, given_out)
    got = [
        repr(room.works.view(token)),
        repr(room.handing_in.validate(token)),
        repr(room.invited(room.link(given_out))),
    ]
    got += [repr(room.works.answer(token, SENTENCE, "because", POST, ANN)), repr(room.asking.for_student(token))]
    other = Situation(Network((20, 20, 3), ()))
    got.append(repr(room.works.check_goal(token, (0, 0), other)))
    got += [repr(room.works.view(token)), repr(room.handing_in.validate(token))]
    assert [(secret, each) for secret in SECRETS for each in got if secret in each] == []
    assert room.works.hint(token, WIDTH) == "z-hint"
    room.works.answer(token, CHOICE, "0", POST, ANN)
    seen = repr(room.works.view(token))
    assert "z-hint" in seen
    assert "z-luck" in seen, "it was said to who chose it"
    assert [
        secret for secret in ("z-explain", "z-because", "z-filters", "z-mistake", "z-words") if secret in seen
    ] == []
    room.works.answer(token, CHOICE, "1", POST, ANN)
    assert "z-because" in repr(room.works.view(token))


def test_a_student_reads_no_other_students_answers(room: Classroom, given_out: str) -> None:
    ann, ben = begun(room, given_out, ANN, "Ada-q"), begun(room, given_out, BEN, "Ben")
    room.works.answer(ann, SENTENCE, "sentence-q", POST, ANN)
    room.works.stand(ann, Standing("data", 1, picture="picture-q"))
    room.works.trained(ann, room.works.book_training(ann), "run-q")
    room.handing_in.validate(ann)
    room.handing_in.submit(ann, ANN)
    seen = repr((room.works.view(ben), room.handing_in.receipts(ben), room.asking.for_student(ben)))
    assert "-q" not in seen
    assert "-q" in repr((room.works.view(ann), room.handing_in.receipts(ann)))


def test_what_stood_before_a_student_comes_back(room: Classroom, given_out: str, clock: Clock) -> None:
    token = begun(room, given_out)
    standing = Standing("convolution", 1, "1.abc", "cat.jpg", "silhouettes", "random", "", 3, 7)
    room.works.stand(token, standing)
    assert room.works.view(token).standing == standing
    with pytest.raises(ClassroomError, match="too large to be kept"):
        room.works.stand(token, Standing(network="x" * 10_000))


def test_time_counts_while_somebody_works_and_not_over_night(room: Classroom, given_out: str, clock: Clock) -> None:
    token = begun(room, given_out)
    for pause in (30.0, 40.0, DAY):
        clock.now += pause
        room.works.answer(token, WIDTH, "1", POST, ANN)
    assert room.table.rows(given_out)[0].seconds == 30 + 40 + 120


def test_a_goal_that_was_reached_stays_so_and_says_nothing_of_its_condition(room: Classroom, given_out: str) -> None:
    token = begun(room, given_out)
    assert room.works.check_goal(token, (0, 0), POST)
    assert room.works.check_goal(token, (0, 0), Situation(Network((20, 20, 3), ())))
    assert room.works.view(token).reached == {(0, 0)}
    with pytest.raises(ClassroomError, match="no such goal"):
        room.works.check_goal(token, (1, 0), POST)


def test_an_exercise_allows_so_many_trainings(room: Classroom, given_out: str) -> None:
    token = begun(room, given_out)
    first, second = room.works.book_training(token), room.works.book_training(token)
    with pytest.raises(ClassroomError, match="allows 2 trainings a student, and you have started 2"):
        room.works.book_training(token)
    room.works.unbook(token, second)
    room.works.trained(token, first, "run-1")
    room.works.unbook(token, first)
    room.works.trained(token, first, "run-2")
    assert room.works.view(token).trainings == ("run-1",)
    other = begun(room, given_out, BEN)
    third = room.works.book_training(token)
    room.works.trained(other, third, "stolen")
    room.works.unbook(other, third)
    assert room.works.view(token).trainings == ("run-1", "")


def test_it_is_validated_and_handed_in_again_until_it_is_due(room: Classroom, given_out: str, clock: Clock) -> None:
    token = begun(room, given_out)
    with pytest.raises(ClassroomError, match="Validate your answers first"):
        room.handing_in.submit(token, ANN)
    room.works.answer(token, WIDTH, "150", POST, ANN)
    found = room.handing_in.validate(token)
    assert found.missing == (
        "Step 1, question 1: the last answer is not right.",
        "Step 1: a goal is not reached yet: Make it small",
        "Step 2, question 1 has no answer yet.",
        "Step 2, question 2 has no answer yet.",
    )
    first = room.handing_in.submit(token, ANN)
    assert (first.number, first.answers) == (1, ((0, 0, "150"),))
    with pytest.raises(ClassroomError, match="Nothing has changed since"):
        room.handing_in.validate(token)
    room.works.answer(token, WIDTH, "148", POST, ANN)
    assert room.works.view(token).state == State.DRAFT
    room.handing_in.validate(token)
    second = room.handing_in.submit(token, ANN)
    assert [receipt.number for receipt in room.handing_in.receipts(token)] == [2, 1]
    assert room.handing_in.verify(second.text) == second
    clock.now = exercise().due or 0.0
    room.works.answer(token, WIDTH, "147", POST, ANN)
    clock.now += 1
    for call in (
        lambda: room.works.answer(token, WIDTH, "148", POST, ANN),
        lambda: room.handing_in.validate(token),
        lambda: room.handing_in.submit(token, ANN),
        lambda: room.works.book_training(token),
    ):
        with pytest.raises(ClassroomError, match="due"):
            call()
    assert room.works.view(token).handed_in == 2


def test_a_later_due_date_holds_for_who_began_before(room: Classroom, given_out: str, clock: Clock) -> None:
    token = begun(room, given_out)
    clock.now += 60 * DAY
    room.exercises.save(given_out, exercise(FRONT.replace("2027-02-01", "2027-08-01")), seen=1)
    assert room.works.answer(token, WIDTH, "148", POST, ANN).right
    assert (room.works.view(token).version, room.works.view(token).newest) == (1, 2)


def test_answers_belong_to_a_version(room: Classroom, given_out: str) -> None:
    token = begun(room, given_out)
    room.works.answer(token, WIDTH, "148", POST, ANN)
    changed = exercise(steps=STEPS.replace("How wide are the maps?", "How broad?"))
    room.exercises.save(given_out, changed, seen=1)
    assert room.works.view(token).exercise.steps[0].asks[0].question == "How wide are the maps?"
    room.works.take_newest(token)
    seen = room.works.view(token)
    assert seen.exercise.steps[0].asks[0].question == "How broad?"
    assert (seen.version, seen.asked[WIDTH].attempts, seen.state) == (2, (), State.DRAFT)
    begun(room, given_out, BEN)
    assert room.table.rows(given_out)[1].version == 2


def test_points_and_comment_reach_the_student(room: Classroom, given_out: str, clock: Clock) -> None:
    token = begun(room, given_out)
    student = room.students.who(token).id
    with pytest.raises(ClassroomError, match="never was"):
        room.table.give_back(given_out, student, 1, "", 0)
    room.handing_in.validate(token)
    room.handing_in.submit(token, ANN)
    row = room.table.give_back(given_out, student, 2.5, "<b>Well\ndone</b>\u202e", seen=0)
    seen = room.works.view(token)
    assert (seen.state, seen.points, seen.comment) == (State.RETURNED, 2.5, "<b>Well\ndone</b>")
    with pytest.raises(ChangedMeanwhile, match="Another teacher"):
        room.table.give_back(given_out, student, 0, "", seen=0)
    for points in (-1, 4.1, float("nan"), float("inf")):
        with pytest.raises(ClassroomError, match="Points lie between 0 and 4"):
            room.table.give_back(given_out, student, points, "", row.marked)
    with pytest.raises(ClassroomError, match="A comment has at most"):
        room.table.give_back(given_out, student, 1, "x" * 2001, row.marked)
    with pytest.raises(ClassroomError, match="not in this exercise"):
        room.table.give_back(room.exercises.add(exercise()).id, student, 1, "", row.marked)
    assert room.works.view(token).points == 2.5
    assert "z-explain" not in repr(room.works.view(token)), "it may be handed in again"
    clock.now += 60 * DAY
    assert room.works.view(token).exercise.steps[0].asks[0].explain == "z-explain"


def test_floods_meet_a_limit_with_one_sentence(
    room: Classroom, given_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = begun(room, given_out)
    for call, flood, most in (
        (lambda: room.works._answers.count(ANN), room.works._answers, 120),
        (lambda: room.handing_in._sent.count(ANN), room.handing_in._sent, 60),
    ):
        for _ in range(most):
            call()
        for _ in range(1000 - most):
            with pytest.raises(TooMany, match="that this is no class; try again in"):
                call()
        flood.count(BEN)
    with pytest.raises(TooMany):
        room.works.answer(token, WIDTH, "1", POST, ANN)
    with pytest.raises(TooMany):
        room.handing_in.submit(token, ANN)
    monkeypatch.setattr("cnnlab.classroom.works.MOST_ATTEMPTS", 1)
    room.works.answer(token, WIDTH, "1", POST, BEN)
    with pytest.raises(TooMany, match="You have answered 1 times"):
        room.works.answer(token, WIDTH, "1", POST, BEN)


def test_nobody_hands_in_a_thousand_times(room: Classroom, given_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlab.classroom.handing_in.MOST_HANDED_IN", 2)
    token = begun(room, given_out)
    for _ in range(2):
        room.works.answer(token, WIDTH, "1", POST, ANN)
        room.handing_in.validate(token)
        room.handing_in.submit(token, ANN)
    room.works.answer(token, WIDTH, "1", POST, ANN)
    room.handing_in.validate(token)
    with pytest.raises(TooMany, match="You have handed in 2 times"):
        room.handing_in.submit(token, ANN)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_only_legal_moves_happen(state: State, event: Event) -> None:
    legal = {
        Event.CHANGE: set(State),
        Event.VALIDATE: {State.DRAFT, State.VALIDATED},
        Event.SUBMIT: {State.VALIDATED},
        Event.GIVE_BACK: {State.SUBMITTED, State.RETURNED},
    }
    assert ((state, event) in TRANSITIONS) == (state in legal[event])
    if state not in legal[event]:
        with pytest.raises(ClassroomError):
            moved(state, event)


class Working(RuleBasedStateMachine):
    """Do anything in any order with one student's work, and compare it with a model of four lines."""

    home: Path

    @initialize()
    def begin(self) -> None:
        self.clock = Clock()
        self.room = opened(self.home, self.clock)
        self.exercise = self.room.exercises.add(exercise()).id
        self.token = begun(self.room, self.exercise, Asker())
        self.student = self.room.students.who(self.token).id
        self.state, self.given, self.handed, self.marked, self.points = "draft", [], 0, 0, None
        self.over = False

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.room.close()

    def does(self, legal: bool, call: object) -> bool:
        try:
            call()  # type: ignore[operator]
        except ClassroomError:
            assert not legal
            return False
        assert legal
        return True

    @rule(given=st.sampled_from(["148", "150", "1,480"]))
    def answer(self, given: str) -> None:
        # Each with an address of its own, so that no limit of a class is met.
        who = Asker(str(len(self.given)), str(len(self.given)))
        if self.does(not self.over, lambda: self.room.works.answer(self.token, WIDTH, given, POST, who)):
            self.state, self.given = "draft", [*self.given, given]

    @rule()
    def validate(self) -> None:
        legal = not self.over and self.state in ("draft", "validated")
        if self.does(legal, lambda: self.room.handing_in.validate(self.token)):
            self.state = "validated"

    @rule()
    def submit(self) -> None:
        legal = not self.over and self.state == "validated"
        if self.does(legal, lambda: self.room.handing_in.submit(self.token, Asker(str(self.handed), "x"))):
            self.state, self.handed = "submitted", self.handed + 1
            receipt = self.room.handing_in.receipts(self.token)[0]
            assert receipt.answers == (((0, 0, self.given[-1]),) if self.given else ())

    @rule(points=st.sampled_from([0.0, 1.5, None]), late=st.booleans())
    def give_back(self, points: float | None, late: bool) -> None:
        legal = self.state in ("submitted", "returned") and not late
        seen = self.marked - late
        if self.does(legal, lambda: self.room.table.give_back(self.exercise, self.student, points, "", seen)):
            self.state, self.marked, self.points = "returned", self.marked + 1, points

    @rule()
    def becomes_due(self) -> None:
        self.clock.now, self.over = NOW + 100 * DAY, True

    @rule()
    def restart(self) -> None:
        self.room.close()
        self.room = opened(self.home, self.clock)

    @invariant()
    def the_record_says_the_same(self) -> None:
        if hasattr(self, "room"):
            seen = self.room.works.view(self.token)
            assert (seen.state, seen.handed_in, seen.points) == (self.state, self.handed, self.points)
            assert [each.given for each in seen.asked[WIDTH].attempts] == self.given


def test_work_goes_on_as_its_states_allow_whatever_happens_in_whatever_order(home: Path) -> None:
    class Here(Working):
        pass

    Here.home = home
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Here,
        settings=settings(
            max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
