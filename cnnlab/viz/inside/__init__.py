"""Draw what a network sees: maps, kernels, windows, scales."""
