"""A lesson's file: what it says is read, and whatever is wrong is one sentence with the line."""

import pytest

from cnnlab.core.lessons import Go, Lesson, LessonError
from cnnlab.core.lessons.reading import LARGEST_FILE, MOST_STEPS, Reader, read_lesson

FRONT = '+++\ntitle = "One kernel"\nminutes = 6\nquote = "it gets smaller"\nlink = "https://example.org/post"\n+++\n'
PLACE = "```{ask}\nquestion = 'Where?'\nplace = 'row == 1'\nexplain = 'There.'\n```\n"
STEP = '## A window\n\n```{go}\npage = "convolution"\n```\n'


def lesson(body: str = STEP, front: str = FRONT) -> Lesson:
    return read_lesson("03-one-kernel.md", (front + body).encode())


def refused(body: str = STEP, front: str = FRONT) -> str:
    with pytest.raises(LessonError) as found:
        lesson(body, front)
    return str(found.value)


def test_a_lesson_has_its_front_matter_and_its_steps() -> None:
    found = lesson(STEP + "Some *words*.\n\n- a list\n\n## Another\n```{go}\npage = 'data'\n```\n")
    assert (found.name, found.title, found.minutes, found.lang) == ("03-one-kernel", "One kernel", 6, "en")
    assert (found.quote, found.link) == ("it gets smaller", "https://example.org/post")
    first, second = found.steps
    assert (first.title, first.go, first.line) == ("A window", Go("convolution"), 7)
    assert "Some *words*." in first.text
    assert "- a list" in first.text
    assert (second.title, second.text) == ("Another", "")


def test_a_step_sets_what_it_names() -> None:
    go = """page = "architecture"
network = "post"
changes = [["conv2d", "kernel_size", 5], ["conv2d", "strides", [2, 2]]]
input_shape = [64, 64, 3]
layer = "conv2d"
channel = 3
augment = { shear_range = 0.2 }
point = "option"
of = "kernel_size"
"""
    found = lesson(f"## A\n```{{go}}\n{go}```\n").steps[0].go
    assert found.changes == (("conv2d", "kernel_size", 5), ("conv2d", "strides", (2, 2)))
    assert found.input_shape == (64, 64, 3)
    assert (found.layer, found.channel, found.augment, found.of) == ("conv2d", 3, {"shear_range": 0.2}, "kernel_size")


def test_a_step_sets_a_training_and_opens_a_run() -> None:
    go = 'page = "training"\nrun = "recorded"\npart = "wrong"\n'
    training = "training = { image_size = 32, augment = false, epochs = 12, learning_rate = 1 }\n"
    found = lesson(f"## A\n```{{go}}\n{go}{training}```\n").steps[0].go
    assert (found.run, found.part) == ("recorded", "wrong")
    assert found.training == {"image_size": 32, "augment": False, "epochs": 12, "learning_rate": 1}


def test_a_step_sets_the_page_that_explains() -> None:
    go = 'page = "explain"\npart = "believe"\nmethods = ["occlusion", "gradient"]\npredict = true\n'
    found = lesson(f"## A\n```{{go}}\n{go}```\n").steps[0].go
    assert (found.part, found.methods, found.predict) == ("believe", ("occlusion", "gradient"), True)


@pytest.mark.parametrize(
    ("go", "said"),
    [
        ('page = "explain"\npart = "curves"', "part is one of why, believe, likes; not “curves”"),
        ('page = "data"\npart = "why"', "the page data has no parts; not “why”"),
        ('page = "explain"\nmethods = ["magic"]', "methods is a list of some of gradient, gradient_times_input"),
        ('page = "explain"\nmethods = [["gradient"]]', "methods is a list of some of gradient"),
        ('page = "explain"\npredict = 1', "predict is true or false; not 1"),
    ],
)
def test_what_the_page_that_explains_does_not_have_is_refused(go: str, said: str) -> None:
    assert said in refused(f"## A\n\n```{{go}}\n{go}\n```\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('run = "20260131-101500-a1b2"', "run is one of recorded, own; not"),
        ('part = "all"', "part is one of curves, wrong, health, compare; not"),
        ("training = { threads = 8 }", "there is no threads; there are image_size, augment, epochs"),
        ('training = { classes = ["b", "a"] }', "there is no classes"),
        ("training = { epochs = true }", "epochs is a whole number; not True"),
        ('training = { learning_rate = "fast" }', "learning_rate is a number; not 'fast'"),
        ("training = 3", "training is a table; not 3"),
    ],
)
def test_a_training_or_run_that_no_page_offers_is_refused_with_its_line(line: str, said: str) -> None:
    refusal = refused(f'## A\n\n```{{go}}\npage = "training"\n{line}\n```\n')
    assert "03-one-kernel.md, line 9: " in refusal
    assert said in refusal


def test_a_question_may_ask_for_a_place() -> None:
    (ask,) = lesson(STEP + PLACE).steps[0].asks
    assert ask.place is not None
    assert ask.place.text == "row == 1"


def test_a_question_may_ask_for_a_motif_in_a_lesson_only() -> None:
    asked = STEP + '```{ask}\nquestion = "Which word?"\nmotif = "TGASTCA"\n```\n'
    assert lesson(asked).steps[0].asks[0].motif == "TGASTCA"
    assert "no letter of a motif" in refused(asked.replace("TGASTCA", "TGAXTCA"))
    assert "or a motif" in refused(asked.replace("motif =", "sentence = true\nmotif ="))
    with pytest.raises(LessonError, match="in a lesson only"):
        Reader("x", "en", takes_files=True).lesson(f"{FRONT}{asked}".encode())


def test_a_question_has_an_answer_or_choices_or_asks_for_a_sentence() -> None:
    body = (
        STEP
        + """```{ask}
question = "How wide?"
answer = 'width("conv2d")'
within = 0.1
mistakes = [{ gives = "input_width", says = "The border is lost." }]
hint = "Count the places."
explain = "n − k + 1."
```
```{ask}
question = "Why?"
choices = [{ text = "A", right = "possible", says = "Yes." }, { text = "B", right = "not possible", says = "No." }]
```
```{ask}
question = "In your words?"
sentence = true
```
```{goal}
text = "Small"
when = "total_params < 200000"
```
"""
    )
    step = lesson(body).steps[0]
    number, choice, sentence = step.asks
    assert number.answer is not None
    assert number.answer.text == 'width("conv2d")'
    assert number.mistakes[0].gives.text == "input_width"
    assert [each.text for each in choice.choices] == ["A", "B"]
    assert sentence.sentence
    assert step.goals[0].when.text == "total_params < 200000"


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("Words before.\n", 7, "a step begins with a heading ##"),
        ("## A\nno page\n", 7, "one {go}"),
        ("## A\n```{go}\npage = 'nowhere'\n```\n", 8, "page is one of"),
        ("## A\n```{go}\npag = 'data'\n```\n", 8, "there is no pag"),
        ("## A\n```{go}\npage = 7\n```\n", 8, "page is a text"),
        ("## A\n```{go}\npage = 'data\n```\n", 9, "not TOML"),
        ("## A\n```{go}\npage = 'data'\nchanges = [1]\n```\n", 8, "changes is a list"),
        ("## A\n```{go}\npage = 'data'\naugment = { shear = 1 }\n```\n", 8, "no shear"),
        ("## A\n```{go}\npage = 'data'\ninput_shape = [0, 1, 3]\n```\n", 8, "input_shape is"),
        (STEP + "```{link}\n```\n", 12, "no directive {link}"),
        (STEP + "```{ask}\nquestion = 'a'\n```\n", 12, "an answer, or choices, or a place, or a motif, or sentence"),
        (STEP + "```{ask}\nquestion = 'a'\nplace = 'row == 1'\n```\n", 12, "an explain that says where it is"),
        (STEP + "```{ask}\nquestion = 'a'\nplace = 'line == 1'\nexplain = 'b'\n```\n", 12, "there is no fact line"),
        (STEP.replace("convolution", "data") + PLACE, 7, "pressed on the page convolution or feature_maps"),
        (STEP + PLACE + PLACE, 7, "a step asks for one place; this one asks for 2"),
        (STEP + "```{ask}\nquestion = 'a'\nanswer = 'params'\n```\n", 12, "params takes 1 constants"),
        (STEP + "```{ask}\nquestion = 'a'\nanswer = 'x.y'\n```\n", 12, "not part of the language"),
        (STEP + "```{goal}\ntext = 'a'\n```\n", 12, "when is missing"),
        (STEP + "{{ nothing }}\n", 7, "there is no fact nothing"),
        (STEP + "x" * 5000, 7, "at most 4000 characters"),
        (STEP * (MOST_STEPS + 1), 7, f"1 to {MOST_STEPS} steps"),
    ],
)
def test_a_broken_file_is_one_sentence_with_its_line(body: str, line: int, said: str) -> None:
    message = refused(body)
    assert message.startswith(f"03-one-kernel.md, line {line}: ")
    assert said in message


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("", "begins with front matter"),
        ("+++\ntitle = 'a'\n", "begins with front matter"),
        ("+++\ntitle = 'a'\n+++\n", "minutes is missing"),
        ("+++\ntitle = 'a'\nminutes = 600\n+++\n", "between 1 and 60"),
        ("+++\ntitle = 'a'\nminutes = 6\nlink = 'javascript:alert(1)'\n+++\n", "begins with https"),
        ("+++\ntitle = 'a'\nminutes = 6\nlang = 'german!'\n+++\n", "lang is a language"),
        ("+++\ntitle = 'a'\nminutes = 6\nscript = 'a'\n+++\n", "there is no script"),
        ("+++\na = " + "[" * 3000 + "]" * 3000 + "\n+++\n", "line"),
    ],
)
def test_broken_front_matter_is_one_sentence(front: str, said: str) -> None:
    assert said in refused(front=front)


def test_a_file_that_is_too_large_or_no_text_is_refused() -> None:
    for content in (b"+++\n" + b"a" * LARGEST_FILE, b"\xff\xfe\x00"):
        with pytest.raises(LessonError):
            read_lesson("a.md", content)
