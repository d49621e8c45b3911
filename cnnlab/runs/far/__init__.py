"""Follow trainings that run on another machine."""
