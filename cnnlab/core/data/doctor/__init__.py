"""Say what is worth knowing about a data set before anything is trained on it."""
