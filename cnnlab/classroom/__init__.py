"""A class at work: exercises and answers as records, given out by link and collected."""
