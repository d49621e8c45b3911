"""Decode visitors' pictures outside of the process that serves pages."""
