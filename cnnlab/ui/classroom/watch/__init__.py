"""Show a teacher what came back of an exercise: who is where, with which answers, and what to do about it."""
