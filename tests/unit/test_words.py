"""Words that a visitor chose are shown as nothing but words."""

from cnnlab.ui.words import plain


def test_no_character_of_a_name_means_anything_in_markdown() -> None:
    assert plain("![x](y) :red[*a*] <b> $e$") == "\\!\\[x\\]\\(y\\) \\:red\\[\\*a\\*\\] \\<b\\> \\$e\\$"
    assert plain("cat.jpg is 3 × 4, and fine.") == "cat.jpg is 3 × 4, and fine."
