"""Look into a network that reads sequences: one sequence, what decides, and every filter as a logo."""
