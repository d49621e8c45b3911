"""Giving out: a teacher writes an exercise, keeps its versions, and gets a link to it."""
