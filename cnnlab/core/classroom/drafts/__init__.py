"""Drafts: exercises as a teacher types them, which need not be complete or even readable yet."""
