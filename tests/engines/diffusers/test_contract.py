"""The engine keeps what the ports promise, over a real child with tiny models."""

import os
import signal
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
import pytest_asyncio

from engine_contract.engine_contract import EngineContract, TriedEngine, claim_any
from engines.diffusers.conftest import Weights
from engines.diffusers.jobs import MODEL, give, order
from kaiga.compose.engines.engine_child import EngineOptions, make_child_command
from kaiga.domain.errors import EngineCrashed
from kaiga.engines.diffusers.capabilities import CAPABILITIES
from kaiga.engines.diffusers.options import DiffusersOptions, ModelOptions
from kaiga.ports.engine import LoadProgressed
from kaiga.ports.task_store import ModelQueue
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.loading_pool import LoadingPool

PATIENT = "a-patient-model"
ENDLESS_STEPS = 100_000

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tried(
    weights: Weights, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TriedEngine]:
    model = ModelOptions(weights=weights("z_image"), steps=2)
    options = DiffusersOptions(
        device="cpu",
        models={MODEL: model, PATIENT: msgspec.structs.replace(model, steps=ENDLESS_STEPS)},
    )

    async def count_queues() -> Sequence[ModelQueue]:
        return [ModelQueue(model=MODEL, waiting=1, running=0)]

    command = make_child_command("diffusers", EngineOptions(diffusers=options))
    pool = LoadingPool([ChildEngineProcess(command)], CAPABILITIES, count_queues)
    yield TriedEngine(
        pool=pool,
        make_claim=claim_any,
        jobs=[order(seed=seed) for seed in (1, 2)],
        endless=msgspec.structs.replace(order(), model=PATIENT),
        refused=order(media=(give("image", tmp_path_factory.mktemp("given")),)),
    )
    await pool.stop()


async def test_a_child_that_dies_as_it_loads_is_started_again(weights: Weights):
    options = DiffusersOptions(
        device="cpu", models={MODEL: ModelOptions(weights=weights("z_image"), steps=2)}
    )
    child = ChildEngineProcess(make_child_command("diffusers", EngineOptions(diffusers=options)))

    loading = child.load(MODEL)
    assert isinstance(await anext(loading), LoadProgressed)
    assert child.process_id is not None
    os.kill(child.process_id, signal.SIGKILL)
    with pytest.raises(EngineCrashed):
        async for _ in loading:
            pass
    again = [event async for event in child.load(MODEL)]

    assert again[-1] == LoadProgressed(part=1.0)
    assert child.loaded == (MODEL,)
    await child.stop()


class TestDiffusers(EngineContract):
    @pytest.fixture
    def engine(self, tried: TriedEngine) -> TriedEngine:
        return tried
