"""Draw the data page."""
