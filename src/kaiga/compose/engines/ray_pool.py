"""Builds engines whose processes are actors of a Ray cluster."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

import msgspec

from kaiga.compose.engines.diffusers_pool import read_tables
from kaiga.compose.engines.engine_child import EngineOptions
from kaiga.compose.parts import Parts
from kaiga.domain.engines import SKETCH, EngineSpec
from kaiga.domain.errors import SettingInvalid
from kaiga.domain.scaling import Scale
from kaiga.engines.diffusers.capabilities import CAPABILITIES as DIFFUSERS_CAPABILITIES
from kaiga.engines.sketch.capabilities import CAPABILITIES as SKETCH_CAPABILITIES
from kaiga.worker.linked_engine_process import LinkedEngineProcess
from kaiga.worker.loading_pool import LoadingPool
from kaiga.worker.ray_actors.bridge import ActorStart, RayBridge
from kaiga.worker.ray_actors.messages import ActorNeeds
from kaiga.worker.scaled_pool import Demand, ScaledPool
from kaiga.worker.slots import Slots

_Amount = Annotated[float, msgspec.Meta(ge=0)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_GPU, _CPU = "GPU", "CPU"
"""Ray's own names of resources."""


class RayTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`ray` of `[engines.NAME]`: what an actor takes, and how many there are.

    `num_gpus` is 1 where it is left out, and 0 for sketch. `placement` are bundles of resources,
    all on one node; the actor stands in the first.
    """

    num_cpus: _Amount = 1
    num_gpus: _Amount | None = None
    placement: tuple[Mapping[str, _Amount], ...] = ()
    min: _Count = 0
    max: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 8
    queue_seconds: _Amount = 10.0
    idle_seconds: _Amount = 300.0

    def __post_init__(self) -> None:
        """Hold the members against each other."""
        if self.min > self.max:
            raise ValueError("min is at most max")
        if self.num_gpus and self.num_gpus > 1 and self.num_gpus != int(self.num_gpus):
            raise ValueError("num_gpus is a whole number, or less than 1")
        if not all(any(bundle.values()) for bundle in self.placement):
            raise ValueError("each bundle of placement has some resource")


def build_ray_pool(spec: EngineSpec, parts: Parts, bridge: RayBridge) -> ScaledPool:
    """Build the pool of an engine that computes, on the cluster.

    Raises:
        SettingInvalid: an option of the engine, or of what is bound to it, can't be used.
    """
    table = read_ray_table(spec)
    options = msgspec.json.encode(_read_options(spec, parts)).decode()
    start = partial(ActorStart, bridge, spec.kind, options, read_needs(spec, table))
    count_queues = parts.watching.queue
    return ScaledPool(
        Slots([], SKETCH_CAPABILITIES)
        if spec.kind == SKETCH
        else LoadingPool([], DIFFUSERS_CAPABILITIES, count_queues),
        lambda: LinkedEngineProcess(start(), parts.settings.step_timeout_seconds),
        Scale(
            fewest=table.min if parts.settings.workers else 0,
            most=table.max if parts.settings.workers else 0,
            queue_seconds=table.queue_seconds,
            idle_seconds=table.idle_seconds,
        ),
        Demand(
            count_queues=count_queues,
            list_models=partial(parts.board.list_models, spec.name),
            calendar=parts.calendar,
            check=bridge.check,
        ),
    )


def read_ray_table(spec: EngineSpec) -> RayTable:
    """Read what an engine takes of a cluster.

    Raises:
        SettingInvalid: it can't be used.
    """
    try:
        return msgspec.convert(spec.ray, RayTable)
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingInvalid(
            f"ray of [engines.{spec.name}] in kaiga.toml can't be used: {error}."
        ) from error


def read_needs(spec: EngineSpec, table: RayTable) -> ActorNeeds:
    """Give what one actor takes.

    Raises:
        SettingInvalid: its first bundle does not hold it.
    """
    usual_gpus = 0 if spec.kind == SKETCH else 1
    num_gpus = usual_gpus if table.num_gpus is None else table.num_gpus
    if table.placement:
        first = table.placement[0]
        if first.get(_GPU, 0) < num_gpus or first.get(_CPU, 0) < table.num_cpus:
            raise SettingInvalid(
                f"placement of [engines.{spec.name}] in kaiga.toml: the first bundle needs at "
                f"least {_CPU} = {table.num_cpus:g} and {_GPU} = {num_gpus:g}, for the actor."
            )
    return ActorNeeds(num_cpus=table.num_cpus, num_gpus=num_gpus, placement=table.placement)


def _read_options(spec: EngineSpec, parts: Parts) -> EngineOptions:
    """Give what each actor of an engine is told; its node's own ffmpeg is the one to run."""
    if spec.kind == SKETCH:
        return EngineOptions(sketch_seconds=parts.settings.sketch_seconds)
    told = read_tables(spec, parts.board.plan.bindings_of(spec.name))
    if len(told) > 1:
        raise SettingInvalid(
            f"devices of [engines.{spec.name}] in kaiga.toml: on a Ray cluster there is one device "
            "for each actor; ray = { max = ... } says how many actors."
        )
    return EngineOptions(diffusers=told[0])
