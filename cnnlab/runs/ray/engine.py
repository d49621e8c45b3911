"""Run trainings on a Ray cluster: the same queue and the same records, but the workers are jobs of the cluster."""

from dataclasses import replace

from cnnlab.processes import environment
from cnnlab.runs.engine.capacity import Capacity
from cnnlab.runs.engine.local import LocalEngine
from cnnlab.runs.far.store import read_cluster


class RayEngine(LocalEngine):
    """Queue trainings here, and keep a supervisor alive that sends them to `settings.ray_address`.

    Ray is never imported in this process: the supervisor writes down how the cluster is.
    """

    def _supervisor_command(self) -> list[str]:
        return environment.ray_supervisor_command()

    def capacity(self) -> Capacity:
        """Return how many trainings fit into the cluster, as it was last seen, and what is wrong with it."""
        cluster = read_cluster(self.settings.home)
        slots = 0 if cluster.problem else cluster.slots or 0
        return replace(super().capacity(), slots=slots, problem=cluster.problem)
