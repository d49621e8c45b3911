"""Exercises: lessons that a teacher gives out, with what they begin with, what may be touched, and by when."""
