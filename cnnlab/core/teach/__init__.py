"""Explain networks and data in words: formulas, slips, predictions, a doctor, the post."""
