"""Limit the process that this runs in: what a hostile file makes it do must end with it, and reach nothing else."""
