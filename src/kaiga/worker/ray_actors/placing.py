"""Starts actors on the cluster, and ends them with all that they hold."""

from typing import Any

from kaiga import __version__
from kaiga.worker.ray_actors.actor import THREADS, BuildEngine, EngineActor
from kaiga.worker.ray_actors.messages import ActorNeeds, PlaceActor
from kaiga.worker.ray_actors.untyped import placement_groups, ray, scheduling


class PlacedActor:
    """One actor, and the group of bundles that it stands in, if any."""

    def __init__(self, command: PlaceActor, build_engine: BuildEngine) -> None:
        needs = command.needs
        self._group: Any = None
        options: dict[str, Any] = {
            "num_cpus": needs.num_cpus,
            "num_gpus": needs.num_gpus,
            "max_concurrency": THREADS,
            "max_restarts": 0,  # the worker starts another one, by need
        }
        if needs.placement:
            options["scheduling_strategy"] = self._reserve(needs)
        self.handle: Any = (
            ray.remote(EngineActor)
            .options(**options)
            .remote(
                build_engine,
                command.engine,
                command.options,
                __version__,
                has_gpu=needs.num_gpus > 0,
            )
        )

    def end(self) -> None:
        """End it and give back what it holds; does nothing where it has ended."""
        ray.kill(self.handle)
        if self._group is not None:
            placement_groups.remove_placement_group(self._group)

    def _reserve(self, needs: ActorNeeds) -> Any:
        """Reserve bundles on one node; the actor waits until they are there."""
        bundles = [dict(each) for each in needs.placement]
        self._group = placement_groups.placement_group(bundles, strategy="STRICT_PACK")
        return scheduling.PlacementGroupSchedulingStrategy(
            self._group,
            placement_group_bundle_index=0,
            placement_group_capture_child_tasks=True,
        )
