"""Keep runs: a database for their states, a folder for everything else."""

from cnnlab.runs.store.store import Store

__all__ = ["Store"]
