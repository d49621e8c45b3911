"""Draw trainings: curves, reports, health."""
