"""Puts what was measured of batches before the pool of an engine."""

from collections.abc import Mapping

from kaiga.compose.engines.devices import find_device
from kaiga.domain.batch_profiles import NO_STEPS
from kaiga.domain.engines import EnginePlan, EngineSpec
from kaiga.ports.batch_profiles import BatchProfiles
from kaiga.ports.engine_pool import EnginePool
from kaiga.settings import Settings
from kaiga.worker.batching_pool import BatchingPool
from kaiga.worker.profile_files import ProfileFiles

_FOLDER = "profiles"


def build_profiles(settings: Settings) -> ProfileFiles:
    """Build what keeps profiles: files in the data folder."""
    return ProfileFiles(settings.data / _FOLDER)


def join_runs(
    pool: EnginePool, spec: EngineSpec, plan: EnginePlan, profiles: BatchProfiles
) -> EnginePool:
    """Have runs made together where a profile says so; gives `pool` as it is where none does."""
    largest = pool.capabilities.largest_batch
    if largest <= 1:
        return pool
    read = profiles.read(find_device(spec))
    worth = [
        limited
        for each in read
        if each.engine == spec.name and (limited := each.limit(largest)).best_size > 1
    ]
    return BatchingPool(pool, worth, list_steps(spec, plan)) if worth else pool


def list_steps(spec: EngineSpec, plan: EnginePlan) -> Mapping[str, int]:
    """Give the steps that kaiga.toml sets for an engine, by model."""
    set_here = {
        each.model: each.options.get(spec.name, {}).get("steps")
        for each in plan.bindings_of(spec.name)
    }
    return {
        model: steps if isinstance(steps, int) else NO_STEPS for model, steps in set_here.items()
    }
