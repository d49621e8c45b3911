"""Unpack archives that nobody has reason to trust."""
