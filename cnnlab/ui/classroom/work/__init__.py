"""Work on an exercise: open it by its link, begin, play its steps, hand in."""
