"""A teacher starts a training for everybody and stops all, and sees a work as it stands before the student."""

from cnnlab.classroom.record.work import Standing
from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.runs.record import State
from cnnlab.runs.store import Store
from cnnlab.ui.classroom.watch.start_for_all import spec_for, who_can_start
from cnnlab.ui.session import Shared, services
from tests.app.classroom.given_out import class_of, given_out, results_page, worked
from tests.app.driving import labelled, mine, text_of
from tests.unit.classroom.exercise_files import exercise

SMALL = Network.seed().with_image_size(90, 90)


def trainings(exercise_id: str) -> list[tuple[str, ...]]:
    return [row.trainings for row in services.classroom().table.rows(exercise_id)]


def test_one_training_is_started_for_each_and_all_are_stopped(store: Store) -> None:
    exercise_id = given_out()
    ada, _ = class_of(exercise_id, "Ada", "<b>Ben</b>")
    services.classroom().works.stand(ada.token, Standing(network=encode(SMALL)))
    app = results_page(exercise_id, watch_part="Trainings")
    assert not app.exception
    assert "One training for each of 2 students" in text_of(app)
    app = labelled(app.button, "Start 2 trainings").click().run()
    assert not app.exception
    assert not app.error
    runs = [store.get(run) for (run,) in trainings(exercise_id)]
    assert [run.nickname for run in runs] == ["Ada", "<b>Ben</b>"]
    assert [run.state for run in runs] == [State.QUEUED] * 2
    assert len({run.owner for run in runs}) == 2
    assert all(run.owner for run in runs), "else everybody might stop it"
    assert runs[0].spec.network == SMALL.with_image_size(64, 64)
    assert runs[0].spec.seed == 7
    assert runs[0].spec.epochs <= 5
    assert "2 trainings" in text_of(app)
    assert "<b>Ben</b>" in text_of(app)
    app = labelled(app.button, "Stop 2 trainings").click().run()
    assert [store.get(run.id).state for run in runs] == [State.STOPPED] * 2
    assert "Nobody trains or waits now." in text_of(app)


def test_nobody_gets_more_trainings_than_the_exercise_allows() -> None:
    exercise_id = given_out()
    (ada,) = class_of(exercise_id, "Ada")
    for _ in range(2):
        services.classroom().works.book_training(ada.token)
    rows = services.classroom().table.rows(exercise_id)
    assert who_can_start(exercise(), rows) == ()
    assert "Start a training" not in text_of(results_page(exercise_id, watch_part="Trainings"))


def test_a_network_that_nobody_can_read_is_the_exercises_own() -> None:
    exercise_id = given_out()
    (ada,) = class_of(exercise_id, "Ada")
    services.classroom().works.stand(ada.token, Standing(network="1.evil"))
    (start,) = who_can_start(exercise(), services.classroom().table.rows(exercise_id))
    assert start.spec == spec_for(exercise(), exercise().begins_with)


def test_a_students_work_is_seen_as_it_stands_and_the_own_comes_back() -> None:
    exercise_id, (ada, *_) = worked()
    room, own = services.classroom(), Network.seed().with_image_size(80, 80)
    room.works.stand(ada.token, Standing(page="architecture", network=encode(SMALL), layer=3))
    app = results_page(exercise_id, watched_student=(exercise_id, ada.student.id), shared=Shared())
    mine(app).change_network(own)
    app = labelled(app.button, "See it as it stands").click().run()
    assert not app.exception
    assert (mine(app).network, mine(app).layer.selected) == (SMALL, 3)
    assert "You see what stands before Ada Lovelace" in text_of(app)
    mine(app).change_network(Network.seed())
    assert room.works.view(ada.token).standing.network == encode(SMALL), "it is a copy"
    app = labelled(app.button, "Back to my own").click().run()
    assert mine(app).network == own
    assert "You see what stands before" not in text_of(app)
