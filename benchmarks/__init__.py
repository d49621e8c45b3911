"""Measure CNN Lab against peers in the same run, so that the numbers mean something on any machine."""
