"""Keep what took long to make, in memory and on disk, and say how much room a disk has."""

from cnnlab.core.kept.kept import KeptByBytes, forget_all

__all__ = ["KeptByBytes", "forget_all"]
