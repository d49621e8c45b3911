"""An exercise is a lesson's file: what it says is read, what is written is read again, and nothing can slip in."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.core.classroom.exercise import Exercise, Limits
from cnnlab.core.classroom.flaws import flaws
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.classroom.writing import WritingError, write_exercise
from cnnlab.core.lessons import Ask, Go, Goal, LessonError
from cnnlab.core.lessons.language import read
from cnnlab.core.lessons.lesson import Choice, Lesson, Mistake, Step
from cnnlab.core.lessons.reading import read_lesson
from cnnlab.core.lessons.shelf import shelf
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings
from cnnlab.core.words import Refusal
from tests.unit.classroom.exercise_files import FRONT, NOW, SECRETS, STEPS, exercise


def exercise_of(text: str) -> Exercise:
    return read_exercise("one-kernel.md", text.encode())


def same(one: Exercise, other: Exercise) -> bool:
    def lineless(each: Exercise) -> Exercise:
        steps = tuple(replace(step, line=0) for step in each.lesson.steps)
        return replace(each, lesson=replace(each.lesson, steps=steps))

    return lineless(one) == lineless(other)


def test_an_exercise_is_a_lesson_with_settings() -> None:
    found = exercise()
    assert (found.title, found.by, found.message, found.seed) == ("One kernel", "Ms Curie", "Work **alone**.", 7)
    assert found.begin == Go("architecture", picture="cat-chelsea.jpg", weights="random")
    assert found.limits == Limits(epochs=5, trainings=2)
    assert found.due == 1801501200.0
    assert found.max_points == 4
    assert found.network == found.begins_with == Network.seed()


def test_the_file_of_an_exercise_opens_as_a_lesson_too() -> None:
    assert read_lesson("x.md", (FRONT + STEPS).encode()).title == "One kernel"


FILE = '```{ask}\nquestion = "Your notebook?"\nfile = true\nendings = [".ipynb"]\n```\n'


def test_a_file_is_asked_for_in_an_exercise_and_refused_in_a_lesson() -> None:
    (*_, ask) = exercise(steps=STEPS + FILE).asks.values()
    assert (ask.file, ask.endings, ask.is_judged) == (True, (".ipynb",), False)
    lesson = '+++\ntitle = "A"\nminutes = 1\n+++\n\n## A step\n\n```{go}\npage = "data"\n```\n\n' + FILE
    with pytest.raises(LessonError) as found:
        read_lesson("x.md", lesson.encode())
    said = "x.md, line 12: a file is handed in in an exercise only; let a lesson ask for a sentence."
    assert str(found.value) == said


@pytest.mark.parametrize(
    "endings", ['["pdf"]', '[".."]', '["./x"]', "[7]", '[".PDF"]', str([f".a{n}" for n in range(11)])]
)
def test_an_ending_that_is_none_is_one_sentence(endings: str) -> None:
    with pytest.raises(LessonError, match="ending"):
        exercise(steps=STEPS + FILE.replace('[".ipynb"]', endings))
    with pytest.raises(LessonError, match="belong to file"):
        exercise(steps=STEPS + FILE.replace("file = true", "sentence = true"))


def test_a_plain_lesson_is_no_exercise() -> None:
    with pytest.raises(LessonError, match="has a table \\[exercise\\]"):
        exercise('+++\ntitle = "A"\nminutes = 1\n+++\n')


def test_only_what_is_named_may_be_touched_and_on_other_pages_everything() -> None:
    found = exercise()
    assert found.may_touch("architecture", "layer0.kernel_size")
    assert found.may_touch("architecture", "layer2.pool_size")
    assert not found.may_touch("architecture", "layer0.filters")
    assert not found.may_touch("architecture", "layer22.pool_size")
    assert found.may_touch("training", "epochs")


def test_what_is_hidden_may_not_be_touched_either() -> None:
    found = exercise(
        FRONT.replace("+++\n\n", "").replace("limits =", 'hidden = { architecture = ["layer2.*"] }\nlimits =')
    )
    assert found.hides("architecture", "layer2.pool_size")
    assert not found.may_touch("architecture", "layer2.pool_size")
    assert found.may_touch("architecture", "layer0.kernel_size")
    assert not found.hides("architecture", "layer0.kernel_size")
    seen = found.for_student()
    assert seen.hides("architecture", "layer2.pool_size")
    assert not seen.may_touch("architecture", "layer2.pool_size")
    assert same(exercise_of(write_exercise(found)), found)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("seed = -1", "seed lies between 0 and"),
        ("seed = true", "seed is a whole number"),
        ("points = nan", "points lies between"),
        ("points = 10000", "points lies between 0 and 1,000"),
        ("due = 2027-02-01T18:00:00", "due is a moment with its offset"),
        ("due = 0001-01-01T00:00:00+14:00", "due is a moment with its offset"),
        ('due = "tomorrow"', "due is a moment; not 'tomorrow'"),
        ("only = { cellar = [] }", "only names pages: home"),
        ('only = { data = "all" }', "only has for a page a list"),
        ('only = { data = ["<b>"] }', "a handle is the name of a control"),
        ("hidden = { cellar = [] }", "hidden names pages: home"),
        ('hidden = { data = ["<b>"] }', "a handle is the name of a control"),
        ("limits = { epochs = 0 }", "epochs is a whole number of at least 1"),
        ("limits = { wishes = 3 }", "there is no wishes; there are epochs"),
        ('network = "1.AAAA"', "network is the text behind net="),
        ('begin = { page = "cellar" }', "page is one of home"),
        ('weights_run = "../x"', "weights_run is the name of a training"),
        (f'by = "{"b" * 61}"', "by has at most 60 characters"),
        (f'message = "{"m" * 4001}"', "a text here has at most 4000"),
        ("secret = 1", "there is no secret; there are message, by"),
        ("message = 3", "message is a text"),
    ],
)
def test_what_an_exercise_cannot_be_is_one_sentence(line: str, said: str) -> None:
    with pytest.raises(LessonError) as found:
        exercise(f'+++\ntitle = "A"\nminutes = 1\n[exercise]\n{line}\n+++\n')
    assert str(found.value).startswith("one-kernel.md, line 1: ")
    assert said in str(found.value)


def asks_for_a_motif(lesson: Lesson) -> bool:
    return any(ask.motif for step in lesson.steps for ask in step.asks)


@pytest.mark.parametrize("name", [lesson.name for lesson in shelf().lessons if not asks_for_a_motif(lesson)])
def test_every_shipped_lesson_becomes_an_exercise_and_its_file_is_read_again(name: str) -> None:
    lesson = shelf().named(name)
    assert lesson is not None
    network = Network.seed().with_image_size(64, 64)
    begin = Go("training", network="post", channel=0, training={"epochs": 3, "augment": False})
    made = Exercise(lesson, begin, network, message='a "b"\n\\ \x7f', due=NOW, points=0.0)
    assert same(read_exercise(f"{name}.md", write_exercise(made).encode()), made)


def test_a_question_for_a_motif_is_refused_in_an_exercise() -> None:
    lesson = next(lesson for lesson in shelf().lessons if asks_for_a_motif(lesson))
    made = Exercise(lesson, Go("sequences"), Network.seed())
    with pytest.raises(LessonError, match="a motif is asked for in a lesson only; let an exercise offer choices"):
        read_exercise(f"{lesson.name}.md", write_exercise(made).encode())


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
texts = st.lists(
    st.one_of(
        words,
        st.sampled_from(["## x", "```", "```{ask}\n", "---", "+++", "- a", "    code", "> q", "\\", "{{ layers }}"]),
    ),
    max_size=4,
).map("\n".join)
expressions = st.sampled_from([read("layers"), read('width("conv2d") == 3'), read("1 + 2")])


@st.composite
def exercises(draw: st.DrawFn) -> Exercise:
    asks = st.one_of(
        st.builds(
            Ask,
            words,
            answer=expressions,
            within=st.floats(0, 1),
            hint=words,
            explain=texts,
            mistakes=st.lists(st.builds(Mistake, expressions, texts), max_size=2).map(tuple),
        ),
        st.builds(
            Ask,
            words,
            choices=st.lists(st.builds(Choice, words, expressions, texts), min_size=1, max_size=3).map(tuple),
        ),
        st.builds(Ask, words, sentence=st.just(True)),
        st.builds(
            Ask,
            words,
            file=st.just(True),
            endings=st.lists(st.sampled_from([".pdf", ".ipynb", ".tar.gz"]), max_size=3).map(tuple),
        ),
    )
    steps = st.builds(
        Step,
        words,
        st.builds(Go, st.just("data"), channel=st.none() | st.integers(0, 9)),
        texts,
        st.lists(asks, max_size=2).map(tuple),
        st.lists(st.builds(Goal, words, expressions), max_size=2).map(tuple),
        st.just(1),
    )
    lesson = replace(exercise().lesson, title=draw(words), steps=tuple(draw(st.lists(steps, min_size=1, max_size=2))))
    return replace(
        exercise(),
        lesson=lesson,
        message=draw(texts),
        seed=draw(st.integers(0, 2**32 - 1)),
        points=draw(st.none() | st.floats(0, 1000)),
        due=draw(st.none() | st.integers(10**9, 4 * 10**9).map(float)),
    )


@given(exercises())
@settings(max_examples=25)
def test_what_is_written_is_read_again_as_it_was_or_refused(made: Exercise) -> None:
    try:
        text = write_exercise(made)
    except Refusal:
        return
    assert same(read_exercise("one-kernel.md", text.encode()), made)


@pytest.mark.parametrize(
    "text", ["one\n\n## Another step", "```\nopen", 'x\n\n```{goal}\ntext = "a"\nwhen = "layers"\n```']
)
def test_a_text_that_would_become_a_step_a_goal_or_swallow_one_is_refused(text: str) -> None:
    first, *rest = exercise().lesson.steps
    lesson = replace(exercise().lesson, steps=(replace(first, text=text), *rest))
    with pytest.raises((WritingError, LessonError)):
        write_exercise(replace(exercise(), lesson=lesson))


def test_what_a_student_gets_holds_no_answer_no_hint_and_no_condition() -> None:
    assert all(secret in write_exercise(exercise()) for secret in SECRETS)
    seen = repr(exercise().for_student())
    assert [secret for secret in SECRETS if secret in seen] == []
    for shown in ("How wide are the maps?", "luck", "filters", "Make it small", "Work **alone**.", "Ms Curie"):
        assert shown in seen


def test_a_hint_and_an_explanation_come_one_by_one() -> None:
    seen = exercise().for_student(hinted=[(0, 0)], explained=[(1, 0)])
    assert (seen.steps[0].asks[0].hint, seen.steps[0].asks[0].explain) == ("z-hint", "")
    assert (seen.steps[1].asks[0].explain, seen.steps[1].asks[1].hint) == ("z-because", "")


def flaw(tmp_settings: Settings, **changed: object) -> list[str]:
    return [said for _, said in flaws(replace(exercise(), **changed), tmp_settings, NOW)]


def test_flaws_are_found_before_an_exercise_is_given_out(tmp_path: Path) -> None:
    here = Settings(tmp_path, max_epochs=4)
    assert flaw(here) == ["The exercise allows 5 epochs, and this server allows 4; ask for fewer."]
    here = Settings(tmp_path)
    assert flaw(here) == []
    assert "due before now" in flaw(here, due=NOW - 1)[0]
    assert "its own network has 1,212,513" in flaw(here, limits=Limits(params=1000))[0]
    assert (
        "its own training has 9" in flaw(here, limits=Limits(epochs=5), begin=Go("training", training={"epochs": 9}))[0]
    )
    assert "There is no picture" in flaw(here, begin=Go("data", picture="x.jpg"))[0]
    assert "There is no layer dense_9" in flaw(here, begin=Go("data", layer="dense_9"))[0]
    assert "There is no data set mine" in flaw(here, begin=Go("data", data="mine"))[0]
    assert not list(flaws(replace(exercise(), begin=Go("data", data="mine")), here, NOW, ["mine"]))
    assert "There is no layer conv9" in flaw(here, begin=Go("data", changes=(("conv9", "filters", 8),)))[0]


def test_a_text_that_computes_what_it_asks_for_is_a_flaw(tmp_path: Path) -> None:
    steps = STEPS.replace("How wide is it?", 'It is {{ width("conv2d") + 4141414 - 4141414 }}.')
    (said,) = [said for _, said in flaws(exercise(steps=steps), Settings(tmp_path), NOW)]
    assert said.startswith("The text gives the answer to “How wide are the maps?” away")
