"""Words that a visitor chose are shown as nothing but words."""

from html import unescape

import pytest
from markdown_it import MarkdownIt

from cnnlab.core.words import plain
from tests.nasty_names import NASTY


def test_no_character_of_a_name_means_anything_in_markdown() -> None:
    assert plain("![x](y) :red[*a*] <b> $e$") == "\\!\\[x\\]\\(y\\) \\:red\\[\\*a\\*\\] \\<b\\> \\$e\\$"
    assert plain("cat.jpg is 3 × 4, and fine.") == "cat.jpg is 3 × 4, and fine."


@pytest.mark.parametrize("name", [*NASTY, "zqx\n# big", "zqx\n---", "+ a", "12) a"])
def test_a_reader_of_markdown_finds_one_paragraph_of_words(name: str) -> None:
    read = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(plain(name))
    assert unescape(read) == f"<p>{' '.join(name.split())}</p>\n"
