"""Draw sequences as a data set: made here or brought."""
