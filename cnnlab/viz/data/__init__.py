"""Draw data sets and augmented samples."""
