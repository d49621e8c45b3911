"""Set up and start trainings."""
