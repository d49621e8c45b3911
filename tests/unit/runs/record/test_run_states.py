"""The states of a run, against a model: whatever is tried, in whatever order, the store and the model agree."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cnnlab.processes.marks import ProcessMark
from cnnlab.runs.record import ACTIVE, TERMINAL, TRANSITIONS, RunError, State
from cnnlab.runs.record.control import Mode
from cnnlab.runs.store import Store
from tests.unit.runs.store.test_store import SPEC

WORKERS = [ProcessMark(pid, float(pid)) for pid in (101, 102)]


class RunStates(RuleBasedStateMachine):
    """Try every step in every state."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name))
        self.run = self.store.create(SPEC).id
        self.state = State.QUEUED
        self.worker: ProcessMark | None = None
        self.epochs = SPEC.epochs
        self.stop = False

    @rule(to=st.sampled_from(list(State)), source=st.sampled_from([None, *State]))
    def transition(self, to: State, source: State | None) -> None:
        legal = to in TRANSITIONS[self.state] and source in (None, self.state)
        legal = legal and not (to == State.QUEUED and self.worker is not None)
        assert self.store.transition(self.run, to, "Why.", source=source) == legal
        self.state = to if legal else self.state

    @rule(worker=st.sampled_from(WORKERS))
    def claim(self, worker: ProcessMark) -> None:
        legal = self.state in (State.STARTING, State.RUNNING) and self.worker in (None, worker)
        assert self.store.claim(self.run, worker) == legal
        self.worker = worker if legal else self.worker

    @rule()
    def ask_to_stop(self) -> None:
        self.store.request_stop(self.run)
        self.stop = True

    @rule(more=st.integers(0, 3))
    def reopen(self, more: int) -> None:
        legal = self.state in TERMINAL
        assert self.store.reopen(self.run, self.epochs + more) == legal
        if legal:
            self.state, self.worker, self.stop, self.epochs = State.QUEUED, None, False, self.epochs + more

    @rule(mode=st.sampled_from(list(Mode)))
    def command(self, mode: Mode) -> None:
        before = self.store.control(self.run)
        self.store.command(self.run, mode)
        assert self.store.control(self.run).mode == mode
        assert self.store.control(self.run).serial == before.serial + 1

    @rule()
    def delete_what_has_not_ended(self) -> None:
        if self.state not in TERMINAL:
            try:
                self.store.delete(self.run)
            except RunError:
                return
            raise AssertionError("a run that goes on was deleted")

    @invariant()
    def the_store_agrees(self) -> None:
        run = self.store.get(self.run)
        assert (run.state, run.process, run.spec.epochs) == (self.state, self.worker, self.epochs)
        assert (run.finished is not None) == (self.state in TERMINAL)
        assert run.is_terminal == (self.state not in (*ACTIVE, State.QUEUED))
        assert (self.store.stop_requested(self.run) is not None) == self.stop

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


RunStates.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestRunStates = RunStates.TestCase
