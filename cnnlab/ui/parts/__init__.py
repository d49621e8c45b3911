"""Hold what several pages are made of."""
