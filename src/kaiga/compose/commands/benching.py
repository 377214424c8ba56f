"""Measures an engine of kaiga.toml on this machine, without a server."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec

from kaiga.catalogue import read_catalogue
from kaiga.compose.commands.offline import find_server
from kaiga.compose.commands.sample_orders import make_sample_jobs
from kaiga.compose.engines.batching import build_profiles, list_steps
from kaiga.compose.engines.devices import find_device
from kaiga.compose.engines.pools import build_pool
from kaiga.compose.parts import Parts, build_parts
from kaiga.compose.stores import open_in_memory
from kaiga.domain.batch_profiles import BatchProfile
from kaiga.domain.catalogue.model import Model, name_of_operation
from kaiga.domain.engines import EngineSpec
from kaiga.domain.errors import EngineUnfit, SettingInvalid, StartRefused
from kaiga.domain.ids import AccountId, KeyId, RequestId, TaskId, WorkerId, WorkspaceId
from kaiga.domain.tasks import Claim, Task, TaskStatus
from kaiga.objects import open_memory
from kaiga.ports.engine_pool import Turn
from kaiga.settings import Settings
from kaiga.system_clock import SystemCalendar
from kaiga.worker.job_shapes import shape_of
from kaiga.worker.measuring_batches import Timing, measure_batches

_NOBODY = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOrder:
    """What to measure.

    `engine` and `model` are None for the only one that there is. Sizes are numbers of jobs, and
    each is made `rounds` times.
    """

    engine: str | None
    model: str | None
    sizes: Sequence[int]
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of it: the profile that was kept in `file`, and the times behind it.

    `left_out` are sizes that are more than the engine makes together.
    """

    device: str
    profile: BatchProfile
    timings: Mapping[int, Timing]
    left_out: Sequence[int]
    file: str


def bench_engine(
    settings: Settings, order: BenchOrder, on_batch: Callable[[int, int], None]
) -> Measured:
    """Measure and keep; `on_batch` is told how many batches are done, and of how many.

    Raises:
        StartRefused: a server runs on the data folder, or the profile can't be written.
        SettingInvalid: nothing here is of that name, or it takes no order of words alone.
        BatchFailed: the engine refused the order.
        EngineCrashed, EngineHung, EngineAway, EngineUnfit: see `EngineProcess`.
    """
    server = find_server(settings)
    if server is not None:
        raise StartRefused(
            f"A server (process {server}) runs on {settings.data}: its engines would share "
            "the device with this measurement. Stop it first."
        )
    if settings.emulator:
        raise SettingInvalid("An emulator has no engines to measure.")
    return asyncio.run(_bench(settings, order, on_batch))


async def _bench(
    settings: Settings, order: BenchOrder, on_batch: Callable[[int, int], None]
) -> Measured:
    catalogue = read_catalogue(settings.catalogue)
    async with open_in_memory(settings) as stores:
        parts = await build_parts(
            settings, catalogue, open_memory(), stores, SystemCalendar(), None
        )
        spec = _choose_engine(parts, order.engine)
        model = _choose_model(parts, spec, order.model)
        return await _measure(parts, spec, model, order, on_batch)


async def _measure(
    parts: Parts,
    spec: EngineSpec,
    model: Model,
    order: BenchOrder,
    on_batch: Callable[[int, int], None],
) -> Measured:
    shape = shape_of(make_sample_jobs(model, 1)[0], list_steps(spec, parts.board.plan))
    pool = build_pool(spec, parts)
    largest = pool.capabilities.largest_batch
    if largest <= 1:
        raise EngineUnfit(f"{spec.name} makes one job at a time, so there is nothing to measure")
    sizes = sorted({1, *(size for size in order.sizes if size <= largest)})
    whole, done = len(sizes) * (order.rounds + 1), 0

    def note_batch(_size: int) -> None:
        nonlocal done
        done += 1
        on_batch(done, whole)

    turns: list[Turn] = []

    def begin() -> Turn:
        while turns:
            turns.pop().leave()
        turns.append(pool.begin_turn(_make_claim(parts, model)))
        return turns[-1]

    try:
        timings = await measure_batches(
            begin, lambda size: make_sample_jobs(model, size), sizes, order.rounds, note_batch
        )
    finally:
        await pool.stop()
    profile = BatchProfile(
        engine=spec.name,
        shape=shape,
        seconds={size: timing.median for size, timing in timings.items()},
    )
    device, profiles = find_device(spec), build_profiles(parts.settings)
    profiles.keep(device, profile)
    return Measured(
        device=device,
        profile=profile,
        timings=timings,
        left_out=[size for size in order.sizes if size > largest],
        file=str(profiles.path_of(device)),
    )


def _choose_engine(parts: Parts, name: str | None) -> EngineSpec:
    specs = {spec.name: spec for spec in parts.board.plan.specs}
    if name is None and len(specs) == 1:
        return next(iter(specs.values()))
    if name in specs:
        return specs[name]
    raise SettingInvalid(f"Name one of the engines that answer a model: {', '.join(specs)}.")


def _choose_model(parts: Parts, spec: EngineSpec, name: str | None) -> Model:
    bound = [each.model for each in parts.board.plan.bindings_of(spec.name)]
    wanted = bound[0] if name is None and len(bound) == 1 else name
    model = parts.catalogue.find_model(wanted) if wanted is not None else None
    if model is not None and model.name in bound:
        return model
    raise SettingInvalid(
        f"Name a model that {spec.name} answers, with --model; `kaiga models` lists them."
    )


def _make_claim(parts: Parts, model: Model) -> Claim:
    """Make what a pool wants to see of a run that nobody has submitted."""
    task = Task(
        id=TaskId(str(uuid4())),
        account=AccountId(_NOBODY),
        workspace=WorkspaceId(_NOBODY),
        key_id=KeyId(_NOBODY),
        request_id=RequestId(str(uuid4())),
        model=model.name,
        catalogue_model=model.name,
        operation=name_of_operation(model.endpoints[0].operation),
        generation=None,
        status=TaskStatus.RUNNING,
        submitted_at=parts.calendar.now(AccountId(_NOBODY)),
        attempt=1,
    )
    return Claim(task=task, worker=WorkerId(_NOBODY))


def show_timings(measured: Measured) -> Mapping[str, object]:
    """Give what was measured as members of JSON."""
    profile = measured.profile
    return {
        "device": measured.device,
        "engine": profile.engine,
        **msgspec.to_builtins(profile.shape),
        "batches": [
            {
                "size": size,
                "median_seconds": timing.median,
                "shortest_seconds": timing.shortest,
                "longest_seconds": timing.longest,
                "jobs_per_second": size / timing.median,
                "gain": profile.gain(size),
                "chosen": size == profile.best_size,
            }
            for size, timing in measured.timings.items()
        ],
        "left_out": list(measured.left_out),
        "file": measured.file,
    }
