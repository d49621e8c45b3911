"""Play steps: what they set, which answers are right, which slip is behind a wrong one, and what a goal lacks."""

from dataclasses import replace

import numpy as np
import pytest

from cnnlab.core.lessons import Ask, Go, Goal, Situation
from cnnlab.core.lessons.facts import FACTS, facts_of, in_words
from cnnlab.core.lessons.judging import judge
from cnnlab.core.lessons.language import NotYet, Value, evaluate, read
from cnnlab.core.lessons.lesson import Choice, Mistake, Step
from cnnlab.core.lessons.playing import column_to_hide, flaws, layer_of, network_of, reached
from cnnlab.core.lessons.reading import read_lesson
from cnnlab.core.lessons.situation import Place, RunFacts
from cnnlab.core.lessons.texts import parser_of
from cnnlab.core.network import Network, NetworkFormatError
from cnnlab.core.shapes import trace
from cnnlab.core.training.answers import Answers
from tests.unit.core.lessons.test_reading import FRONT

POST = Situation(Network.seed())


def ask(answer: str, **more: object) -> Ask:
    return Ask("?", read(answer), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ('shape("conv2d")', "148 x 148 x 32"),
        ('params("dense")', "1,183,808"),
        ("total_params", "1212513"),
        ("total_params", "1 212 513"),
        ('params_share("dense")', "97.63 %"),
        ('params_share("dense")', "0.976"),
        ('params_share("dense")', "97.63"),
        ('width("conv2d")', "150 − 3 + 1"),
        ("total_params", "1184961 + 27552"),
        ('params("conv2d")', "(3×3×3 + 1) · 32"),
        ("possible", "Yes"),
        ('option("activation", "activation")', "relu"),
    ],
)
def test_a_right_answer_is_right_however_it_is_written(answer: str, given: str) -> None:
    assert judge(ask(answer, within=0.01), given, POST).right


@pytest.mark.parametrize(
    ("answer", "given", "slip"),
    [
        ('shape("conv2d")', "150 x 150 x 32", "border"),
        ('params("conv2d")', "864", "bias"),
        ('field("max_pooling2d")', "2", "window"),
    ],
)
def test_the_known_slips_of_a_layers_numbers_are_recognised(answer: str, given: str, slip: str) -> None:
    found = judge(ask(answer), given, POST)
    assert not found.right
    assert found.slip
    assert slip in f"{found.slip} {found.message}"


def test_a_mistake_that_the_lesson_names_is_said_with_its_numbers() -> None:
    mistake = Mistake(read("input_width"), "The border of {{ input_width }} is lost.")
    found = judge(ask('width("conv2d")', mistakes=(mistake,)), "150", POST)
    assert (found.right, found.message) == (False, "The border of 150 is lost.")


@pytest.mark.parametrize(
    "given", ["", "abc", "1 2 3", "-", "9" * 400, "\x00", "1e5", "٣", "1/0", "9**9**9**9", "(1 + 2", "9 // 2 // 0"]
)
def test_nonsense_is_no_answer(given: str) -> None:
    assert not judge(ask("total_params"), given, POST).right


def test_a_wrong_number_says_in_which_direction() -> None:
    assert judge(ask("total_params"), "5", POST).message == "Not 5; it is more."


def test_a_choice_is_right_by_its_condition_now() -> None:
    choices = (Choice("ten", read("layers < 11"), "Few."), Choice("more", read("layers > 10"), "Right, {{ layers }}."))
    question = Ask("?", choices=choices)
    assert judge(question, "1", POST).message == "Right, 15."
    assert not judge(question, "0", POST).right
    for nonsense in ("2", "-1", "x", "99999", "¹"):
        assert not judge(question, nonsense, POST).right


def pressed(row: int, column: int, layer: str = "conv2d", channel: int = 0) -> Situation:
    """Return what stands there when a place was pressed; the map of channel 0 is largest in row 20, column 80."""
    maps = tuple(np.zeros(row.output_shape, np.float32) for row in trace(Network.seed()))
    maps[0][20, 80, 0], maps[0][5, 6, 0] = 2.0, -1.0
    return Situation(Network.seed(), 0, maps=lambda: maps, place=lambda: Place(layer, channel, row, column))


NEAR = 'place_layer == "conv2d" and row >= 18 and row <= 22 and column >= 78 and column <= 82'


@pytest.mark.parametrize("wanted", [NEAR, "value >= 0.9 * largest", "row == largest_row and column == largest_column"])
def test_a_place_is_right_where_its_condition_holds(wanted: str) -> None:
    question = Ask("?", place=read(wanted), explain="There.")
    assert judge(question, "", pressed(20, 80)).message == "Right: row 20, column 80 of channel 0 of conv2d."
    assert judge(question, "", pressed(40, 41)).message == "Not row 40, column 41 of channel 0 of conv2d; look again."


def test_whoever_swaps_rows_and_columns_of_a_place_is_told_so() -> None:
    question = Ask("?", place=read(NEAR), explain="There.")
    found = judge(question, "", pressed(80, 20))
    assert (found.right, found.slip) == (False, "rows and columns swapped")
    assert "this is row 80, column 20. The row comes first." in found.message
    assert not judge(question, "", pressed(80, 20, "conv2d_1")).slip
    assert not judge(Ask("?", place=read("value >= 2"), explain="There."), "", pressed(80, 20)).slip


def test_a_mistake_about_a_place_is_said_with_its_numbers() -> None:
    mistake = Mistake(read("value < 0"), "There it is {{ value }}, not {{ largest }}.")
    question = Ask("?", place=read("value == largest"), mistakes=(mistake,), explain="There.")
    assert judge(question, "", pressed(5, 6)).message == "There it is −1, not 2."


@pytest.mark.parametrize("place", [(900, 0), (0, 900), (0, 0, "conv2d", 99), (0, 0, "dense"), (0, 0, "nothing")])
def test_a_place_that_no_map_has_is_no_answer(place: tuple[int, int]) -> None:
    found = judge(Ask("?", place=read("value == 0"), explain="There."), "", pressed(*place))
    assert not found.right
    assert "has no" in found.message


def test_before_a_place_was_pressed_its_question_says_what_to_do() -> None:
    found = judge(Ask("?", place=read("row == 1"), explain="There."), "", POST)
    assert (found.right, found.message[:24]) == (False, "Click a place in the map")


def test_an_answer_about_an_impossible_network_says_why_there_is_none() -> None:
    situation = Situation(Network((8, 8, 3), Network.seed().layers))
    found = judge(ask('shape("conv2d_2")'), "1 x 1 x 64", situation)
    assert not found.right
    assert "cannot exist" in found.message


def test_a_goal_turns_true_and_says_by_which_fact_it_is_not_yet() -> None:
    goal = Goal("Small", read("total_params < 200000 and possible"))
    assert reached(goal, POST) == (False, ("The total of parameters: 1,212,513; wanted: below 200,000.",))
    small = Situation(Network.seed().with_image_size(64, 64))
    assert reached(goal, small) == (True, ())


def test_a_step_changes_the_network_that_it_names() -> None:
    go = Go("architecture", network="post", changes=(("conv2d", "filters", 8),), layer="conv2d_1")
    network = network_of(go, Network((4, 4, 1), ()))
    assert network.layers[0].config["filters"] == 8
    assert layer_of(go, network) == 3
    with pytest.raises(NetworkFormatError, match="no layer conv9"):
        network_of(Go("data", changes=(("conv9", "filters", 8),)), network)


def test_facts_about_maps_read_the_maps() -> None:
    shapes = [row.output_shape for row in trace(Network.seed())]
    maps = tuple(np.ones(shape, np.float32) for shape in shapes)
    maps[1][:, :, 4] = 0
    maps[-1][:] = 0.07
    situation = Situation(Network.seed(), 1, 4, classes=("cats", "dogs"), maps=lambda: maps)
    facts = facts_of(situation)
    for text, value in (
        ('dead_channels("activation")', 1),
        ('shows_dead("activation")', True),
        ('zeros("activation", 3)', 0.0),
        ("says", "cats"),
    ):
        assert evaluate(read(text), facts) == value
    assert evaluate(read("sure"), facts) == pytest.approx(0.93)


@pytest.mark.parametrize(
    ("kernel", "edges", "value"),
    [
        ([[-1, 0, 1]] * 3, "vertical_edges", 0.5),
        ([[-1, 0, 1]] * 3, "horizontal_edges", 0.0),
        ([[1, 1, 1]] * 3, "vertical_edges", 0.0),
    ],
)
def test_a_kernel_answers_to_the_edges_that_it_crosses(kernel: list[list[float]], edges: str, value: Value) -> None:
    kernels = (np.asarray(kernel, np.float32)[:, :, None, None],)
    facts = facts_of(Situation(Network.seed(), 0, 0, kernels=lambda: kernels))
    assert evaluate(read(edges), facts) == pytest.approx(value)


def test_facts_about_a_training_are_those_of_its_record() -> None:
    epochs = [{"val_accuracy": v, "val_loss": loss} for v, loss in ((0.5, 0.7), (0.85, 0.4), (0.8, 0.5))]
    outputs = np.array([[0.1]] * 9 + [[0.95]] + [[0.9]] * 8 + [[0.2]] * 2)
    answers = Answers(("cats", "dogs"), np.repeat([0, 1], 10), outputs, tuple(map(str, range(20))))
    run = RunFacts(Network.seed(), "silhouettes", 200, epochs, answers, True)
    facts = facts_of(Situation(Network.seed(), run=lambda: run))
    assert evaluate(read("val_accuracy >= 0.8 and better_than_chance and run_epochs == 3 and run_is_yours"), facts)
    assert evaluate(read("val_accuracy_after(2) == 0.85 and best_epoch == 2 and run_judged == 20"), facts)
    assert evaluate(read('mistakes == 3 and mistakes_of("cats") == 1 and mistakes_of("dogs") == 2'), facts)
    assert evaluate(read("surest_mistake == 0.95 and always == 0.5 and interval_low < 0.85"), facts)
    assert evaluate(read("run_params"), facts) == 1_212_513


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("val_accuracy", "has not ended its first epoch yet"),
        ("best_epoch", "has not ended its first epoch yet"),
        ("mistakes", "was not evaluated yet"),
        ("better_than_chance", "was not evaluated yet"),
    ],
)
def test_what_a_training_has_not_reached_yet_is_said(asked: str, why: str) -> None:
    facts = facts_of(Situation(Network.seed(), run=lambda: RunFacts(Network.seed(), "silhouettes", 0)))
    with pytest.raises(NotYet, match=why):
        evaluate(read(asked), facts)


def test_a_goal_for_an_own_training_says_nothing_of_somebody_elses() -> None:
    when = read("run_is_yours and run_pictures <= 20 and better_than_chance")
    outputs = np.full((20, 1), 0.1)
    answers = Answers(("cats", "dogs"), np.repeat([0, 1], 10), outputs, ("",) * 20)
    run = RunFacts(Network.seed(), "silhouettes", 1600, (), answers)
    others = Situation(Network.seed(), run=lambda: run)
    said = "No training of yours is open: start one, or choose it in the list of runs."
    assert reached(Goal("", when), others) == (False, (said,))
    own = Situation(Network.seed(), run=lambda: replace(run, yours=True))
    lacking = (
        "The number of pictures it learned from: 1,600; wanted: at most 20.",
        "Not yet so: it is better than chance.",
    )
    assert reached(Goal("", when), own) == (False, lacking)
    assert reached(Goal("", read("not possible")), own) == (False, ("Still so: the network can exist.",))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("val_loss_after(1)", "no number any more"),
        ("accuracy_after(2)", "the epochs 1 to 1"),
        ("accuracy_after(0)", "the epochs 1 to 1"),
        ('accuracy_after("a")', "the epochs 1 to 1"),
        ('mistakes_of("horses")', "knows no class horses"),
        ("surest_mistake", "makes no mistake"),
    ],
)
def test_a_question_about_a_training_that_has_no_answer_says_why(asked: str, why: str) -> None:
    answers = Answers(("cats", "dogs"), np.array([0, 1]), np.array([[0.1], [0.9]]), ("a", "b"))
    run = RunFacts(Network.seed(), "silhouettes", 2, [{"accuracy": 1.0, "val_loss": None}], answers)
    facts = facts_of(Situation(Network.seed(), run=lambda: run))
    with pytest.raises(NotYet, match=why):
        evaluate(read(asked), facts)


def test_what_a_goal_compares_is_said_in_words() -> None:
    goal = Goal("Even", read('width("conv2d") * 2 >= input_width + channels("conv2d") * 10'))
    (lacking,) = reached(goal, POST)[1]
    assert lacking == "The width of the maps of conv2d · 2: 296; wanted: at least 470."


def test_a_column_is_hidden_for_an_answer_and_for_a_choice() -> None:
    go, choices = Go("architecture"), (Choice("a", read('macs("conv2d") > 1'), "b"),)
    assert column_to_hide(Step("", go, "", (ask('field("conv2d")'),), (), 1)) == "field"
    assert column_to_hide(Step("", go, "", (Ask("?", choices=choices),), (), 1)) == "macs"
    assert column_to_hide(Step("", go, "", (ask('option("conv2d", "filters")'),), (), 1)) == ""


def test_every_fact_has_words_for_its_constants() -> None:
    for name, fact in FACTS.items():
        constants = [f'"x{i}"' for i in range(fact.takes)]
        said = in_words(f"{name}({', '.join(constants)})")
        assert all(f"x{i}" in said for i in range(fact.takes)) or name == "class_name", name


def test_a_text_is_html_with_its_numbers_and_no_html_of_its_own() -> None:
    text = '*a* {{ params("conv2d") * 2 }} <b>x</b> ![i](https://a/b.png) [l](javascript:a) {{ says }}'
    html = parser_of(facts_of(POST)).render(text)
    assert "<em>a</em> 1,792 &lt;b&gt;x&lt;/b&gt;" in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert html.rstrip().endswith("?</p>")


def test_a_hostile_name_in_a_text_stays_text() -> None:
    situation = Situation(Network.seed(), maps=_one, classes=("<img src=x>", "b"))
    html = parser_of(facts_of(situation)).render("It says {{ says }}.")
    assert "&lt;img src=x&gt;" in html


def _one() -> tuple[np.ndarray, ...]:
    return (np.zeros(1, np.float32),)


def test_a_lesson_that_names_what_is_not_there_is_found_before_anybody_plays_it() -> None:
    body = """## A
```{go}
page = "architecture"
network = "post"
changes = [["conv9", "filters", 8]]
```
## P
```{go}
page = "data"
picture = "nobody.jpg"
data = "mice"
```
## B
```{go}
page = "architecture"
layer = "conv8"
```
```{ask}
question = "?"
answer = 'params("conv7")'
```
```{ask}
question = "?"
answer = 'says + 1'
```
"""
    found = list(flaws(read_lesson("a.md", (FRONT + body).encode())))
    assert [line for line, _ in found] == [7, 13, 13, 19, 19]
    named = ("conv9", "nobody.jpg", "mice", "conv8", "conv7")
    assert all(name in said for name, (_, said) in zip(named, found, strict=True))
