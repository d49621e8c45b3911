"""Draw the training page: what is launched, and what became of it."""
