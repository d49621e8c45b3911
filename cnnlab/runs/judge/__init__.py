"""Compare runs, find what ails them, set up experiments, rebuild them elsewhere."""
