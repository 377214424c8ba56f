"""A child that dies before it has its batch is a crashed engine, on the server's own loop too."""

import asyncio
import os
import signal
import sys

import pytest
import uvloop

from kaiga.domain.errors import EngineCrashed
from kaiga.ports.engine import GenerationJob
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.child_pipe import ChildPipe

JOB = GenerationJob(model="m", task="text-to-image", prompt="a cat")


class DeadOnArrival(ChildEngineProcess):
    """A slot whose child dies between its start and its first batch."""

    async def _ensure_started(self) -> ChildPipe:
        pipe = await super()._ensure_started()
        assert pipe.process_id is not None
        os.kill(pipe.process_id, signal.SIGKILL)
        await asyncio.sleep(0.1)  # the loop notices the closed pipe, or does not: both must do
        return pipe


async def run_on_a_dead_child() -> None:
    slot = DeadOnArrival([sys.executable, "-c", "input()"])
    events = slot.generate([JOB])
    with pytest.raises(EngineCrashed):
        await anext(events)


@pytest.mark.parametrize("loop_factory", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_a_batch_for_a_dead_child_is_a_crash_and_no_bug(loop_factory):
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(run_on_a_dead_child())
