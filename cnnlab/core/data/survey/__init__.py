"""Read every picture of a data set once, and remember what was found."""
