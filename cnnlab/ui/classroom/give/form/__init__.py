"""The form of an exercise: every field of the draft, and beside them what it lacks."""
