"""A worksheet has room and no answer; the teacher's copy has the key; what a lesson says is never markup."""

import re
from html import unescape

from cnnlab.core.lessons.reading import read_lesson
from cnnlab.core.lessons.shelf import shelf
from cnnlab.core.lessons.situation import no_run
from cnnlab.core.lessons.worksheet import exercises
from cnnlab.viz.html import Html
from cnnlab.viz.lessons.worksheet import worksheet_html

KERNEL = shelf().named("03-one-kernel")


def sheet(*, key: bool) -> Html:
    assert KERNEL is not None
    return worksheet_html(KERNEL, exercises(KERNEL, no_run), key=key)


def words(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)))


def test_a_worksheet_asks_leaves_room_and_gives_no_answer_away() -> None:
    said = words(sheet(key=False))
    assert "The input is 150 pixels wide, the window 3. How many columns has the map?" in said
    assert "Name" in said
    assert "= 148" not in said
    assert "Hint" not in said
    assert "Answer" not in said
    assert sheet(key=False).count('class="room"') >= 6
    assert "☐ From the number of filters" in said


def test_the_teachers_copy_has_answers_slips_and_hints() -> None:
    said = words(sheet(key=True))
    assert "Answer: 148" in said
    assert "147 The first place counts too: one more." in said
    assert "Hint: For a window of the picture's own width there is one place." in said
    assert "room" not in re.sub(r"<style>.*?</style>", "", sheet(key=True), flags=re.DOTALL)


def test_every_step_of_a_lesson_stands_on_its_sheet_and_nothing_is_fetched() -> None:
    assert KERNEL is not None
    for key in (False, True):
        html = sheet(key=key)
        assert all(step.title in words(html) for step in KERNEL.steps)
        assert "{{" not in html
        assert not re.search(r"<(script|link|img|iframe)\b|url\(|@import", html)


def test_what_a_lesson_says_is_words() -> None:
    text = """+++
title = 'EVIL'
minutes = 3
quote = 'EVIL'
+++
## EVIL
```{go}
page = "data"
```
EVIL [x](javascript:alert(1))
```{ask}
question = 'EVIL'
hint = 'EVIL'
explain = 'EVIL'
choices = [{ text = 'EVIL', right = 'possible', says = '-' }, { text = 'b', right = 'not possible', says = 'EVIL' }]
```
```{goal}
text = 'EVIL'
when = 'possible'
```
""".replace("EVIL", "<script>alert(1)</script><b onclick=x>")
    lesson = read_lesson("a.md", text.encode())
    for key in (False, True):
        html = worksheet_html(lesson, exercises(lesson, no_run), key=key)
        assert "<script" not in html
        assert "<b onclick" not in html
        assert 'href="javascript' not in html
        assert "alert(1)" in html
