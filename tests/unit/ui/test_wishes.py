"""What a browser wants while a teacher leads is remembered until it wants something else, of a bounded number."""

from cnnlab.ui.classroom.follow.wishes import MOST_BROWSERS, Wish, Wishes


def test_a_wish_holds_until_the_next_one_and_belongs_to_one_browser() -> None:
    wishes = Wishes()
    assert wishes.of("a") == Wish.UNASKED
    wishes.keep("a", Wish.FOLLOW)
    wishes.keep("a", Wish.BE_FREE)
    assert (wishes.of("a"), wishes.of("b")) == (Wish.BE_FREE, Wish.UNASKED)


def test_browsers_that_were_silent_longest_are_forgotten() -> None:
    wishes = Wishes()
    for n in range(MOST_BROWSERS):
        wishes.keep(str(n), Wish.BE_FREE)
    wishes.keep("0", Wish.FOLLOW)
    wishes.keep("one more", Wish.FOLLOW)
    assert (wishes.of("0"), wishes.of("1"), wishes.of("one more")) == (Wish.FOLLOW, Wish.UNASKED, Wish.FOLLOW)
