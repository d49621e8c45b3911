"""Draw the architecture page."""
