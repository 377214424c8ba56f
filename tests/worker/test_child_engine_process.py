"""Engines in real child processes: what they tell, how they end, and that none is left behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from kaiga.child_processes.frames import make_frame
from kaiga.domain.errors import EngineCrashed, EngineHung, EngineStopped, EngineUnfit
from kaiga.ports.engine import EngineEvent, JobFailed, PhaseBegan, ResultMade, StepDone
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.messages import Batch, StopBatch
from worker.jobs import make_jobs
from worker.odd_engine import LARGE_BYTES, make_result

HERE = Path(__file__).parent
ODD_ENGINE = [sys.executable, str(HERE / "odd_engine.py")]
PATIENCE_SECONDS = 20.0


@pytest.fixture
async def slot() -> AsyncIterator[ChildEngineProcess]:
    slot = ChildEngineProcess([*ODD_ENGINE, "odd"])
    yield slot
    await slot.stop()


async def run(slot: ChildEngineProcess, *prompts: str, model: str = "m") -> list[EngineEvent]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [event async for event in slot.generate(make_jobs(*prompts, model=model))]


async def read_contents(slot: ChildEngineProcess, *prompts: str) -> list[bytes]:
    return [
        each.files[0].content for each in await run(slot, *prompts) if isinstance(each, ResultMade)
    ]


def is_alive(process_id: int) -> bool:
    """Tell whether a process runs; one that has ended and was not waited for does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def wait_until_gone(process_id: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_alive(process_id):
        assert time.monotonic() < deadline, "the process goes on"
        time.sleep(0.01)


class TestEvents:
    async def test_events_arrive_in_the_order_in_which_they_were_told(
        self, slot: ChildEngineProcess
    ):
        events = await run(slot, "one", "fail", "two")

        assert events == [
            PhaseBegan(phase="generate"),
            make_result(0, b"one/0"),
            JobFailed(index=1, code="DataInspectionFailed", message="no"),
            make_result(2, b"two/2"),
        ]

    async def test_one_child_serves_batch_after_batch(self, slot: ChildEngineProcess):
        first = await read_contents(slot, "process")
        second = await read_contents(slot, "process")

        assert first == second == [str(slot.process_id).encode()]

    async def test_no_child_runs_before_the_first_batch(self, slot: ChildEngineProcess):
        assert slot.process_id is None

    async def test_a_huge_result_arrives_whole(self, slot: ChildEngineProcess):
        [content] = await read_contents(slot, "large")

        assert len(content) == LARGE_BYTES

    async def test_a_huge_order_arrives_whole(self, slot: ChildEngineProcess):
        prompt = "猫" * 1_000_000

        assert await read_contents(slot, prompt) == [f"{prompt}/0".encode()]

    async def test_what_a_library_prints_does_not_get_between_the_events(
        self, slot: ChildEngineProcess
    ):
        assert await read_contents(slot, "print", "one") == [b"printed", b"one/1"]


class TestCrashes:
    @pytest.mark.parametrize("prompt", ["crash", "exit", "raise", "skip", "stranger"])
    async def test_an_engine_that_breaks_is_told_and_the_next_batch_works(
        self, slot: ChildEngineProcess, prompt: str
    ):
        await run(slot, "one")
        before = slot.process_id

        with pytest.raises(EngineCrashed):
            await run(slot, "one", prompt)

        assert slot.process_id is None
        assert await read_contents(slot, "two") == [b"two/0"]
        assert slot.process_id not in {None, before}

    async def test_the_reason_is_there_for_the_log(self, slot: ChildEngineProcess):
        with pytest.raises(EngineCrashed) as crash:
            await run(slot, "raise")

        assert str(crash.value.__cause__) == "RuntimeError: out of memory"
        assert "out of memory" not in str(crash.value)

    async def test_a_model_that_can_not_be_loaded_is_told(self, slot: ChildEngineProcess):
        with pytest.raises(EngineUnfit, match="no such weights"):
            await run(slot, "one", model="unloadable")

    async def test_a_child_that_died_while_idle_is_told_or_replaced(self, slot: ChildEngineProcess):
        await run(slot, "one")
        pipe = slot._link
        assert pipe is not None
        assert pipe.process_id is not None
        os.kill(pipe.process_id, signal.SIGKILL)
        await pipe._has_exited.wait()

        assert await read_contents(slot, "two") == [b"two/0"]

    async def test_a_child_that_breaks_the_protocol_is_told_and_ended(self):
        slot = ChildEngineProcess([*ODD_ENGINE, "noise"])

        with pytest.raises(EngineCrashed):
            await run(slot, "one")

        assert slot.process_id is None

    @pytest.mark.parametrize(
        "command", [["/no/such/program"], [sys.executable, "-c", "raise SystemExit(3)"], ["/"]]
    )
    async def test_a_child_that_can_not_start_is_told(self, command: list[str]):
        slot = ChildEngineProcess(command)

        for _ in range(2):
            with pytest.raises(EngineCrashed):
                await run(slot, "one")


class TestHanging:
    async def test_an_engine_that_tells_nothing_is_killed_and_the_next_batch_works(self):
        slot = ChildEngineProcess([*ODD_ENGINE, "odd"], longest_silence_seconds=5.0)
        await run(slot, "one")
        process_id = slot.process_id
        assert process_id is not None
        slot._longest_silence_seconds = 0.2

        with pytest.raises(EngineHung):
            await run(slot, "one", "hang")

        assert not is_alive(process_id)
        slot._longest_silence_seconds = 5.0
        assert await read_contents(slot, "two") == [b"two/0"]
        await slot.stop()

    async def test_an_engine_process_that_is_frozen_is_killed(self):
        slot = ChildEngineProcess([*ODD_ENGINE, "odd"], longest_silence_seconds=5.0)
        await run(slot, "one")
        process_id = slot.process_id
        assert process_id is not None
        slot._longest_silence_seconds = 0.2
        os.kill(process_id, signal.SIGSTOP)

        with pytest.raises(EngineHung):
            await run(slot, "猫" * 1_000_000)

        assert not is_alive(process_id)

    async def test_an_engine_that_goes_on_step_by_step_is_not_hung(self):
        slot = ChildEngineProcess([*ODD_ENGINE, "odd"], longest_silence_seconds=5.0)
        await run(slot, "one")
        slot._longest_silence_seconds = 0.5
        begun = asyncio.get_running_loop().time()

        async with aclosing(slot.generate(make_jobs("walk"))) as events:
            async for _ in events:
                if asyncio.get_running_loop().time() - begun > 1.0:
                    break

        assert slot.process_id is None


class TestStopping:
    async def stop_at_first_step(self, slot: ChildEngineProcess, *prompts: str) -> list[bool]:
        """Ask for a stop once the engine walks; gives what was answered to that."""
        answers: list[bool] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for event in slot.generate(make_jobs(*prompts)):
                if isinstance(event, StepDone) and not answers:
                    answers.append(slot.stop_batch())
        return answers

    async def test_a_batch_is_left_at_the_next_step_and_the_child_stays(
        self, slot: ChildEngineProcess
    ):
        await run(slot, "one")
        before = slot.process_id

        with pytest.raises(EngineStopped):
            await self.stop_at_first_step(slot, "walk", "two")

        assert await read_contents(slot, "three") == [b"three/0"]
        assert slot.process_id == before

    async def test_where_no_batch_is_made_there_is_none_to_stop(self, slot: ChildEngineProcess):
        assert not slot.stop_batch()
        await run(slot, "one")

        assert not slot.stop_batch()
        assert await read_contents(slot, "two") == [b"two/0"]

    async def test_a_stop_that_comes_too_late_does_not_stop_the_next_batch(
        self, slot: ChildEngineProcess
    ):
        await run(slot, "one")
        assert slot._link is not None
        slot._link.send(StopBatch(number=1))

        assert await read_contents(slot, "two") == [b"two/0"]


class TestEnding:
    async def test_abandoning_a_batch_ends_the_child(self, slot: ChildEngineProcess):
        async with aclosing(slot.generate(make_jobs("one", "hang"))) as events:
            async for event in events:
                if isinstance(event, ResultMade):
                    break
            process_id = slot.process_id
            assert process_id is not None

        assert slot.process_id is None
        assert not is_alive(process_id)
        assert await read_contents(slot, "two") == [b"two/0"]

    async def test_a_cancelled_batch_ends_the_child(self, slot: ChildEngineProcess):
        begun = asyncio.Event()

        async def work() -> None:
            async with aclosing(slot.generate(make_jobs("hang"))) as events:
                async for _ in events:
                    begun.set()

        working = asyncio.ensure_future(work())
        await begun.wait()
        process_id = slot.process_id
        assert process_id is not None
        working.cancel()
        await asyncio.wait([working])

        assert slot.process_id is None
        wait_until_gone(process_id)

    async def test_an_idle_child_is_stopped_and_a_stop_may_come_twice(
        self, slot: ChildEngineProcess
    ):
        await run(slot, "one")
        process_id = slot.process_id
        assert process_id is not None

        await slot.stop()
        await slot.stop()

        assert not is_alive(process_id)
        assert await read_contents(slot, "two") == [b"two/0"]


@pytest.fixture
def parent(request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, HERE / "parent_process.py", request.param],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.parametrize("parent", ["one", "hang"], indirect=True, ids=["idle", "at work"])
def test_a_child_ends_when_its_parent_is_killed(parent: "subprocess.Popen[str]"):
    assert parent.stdout is not None
    child_id = int(parent.stdout.readline())
    assert is_alive(child_id)

    parent.kill()
    parent.wait()

    wait_until_gone(child_id)


def test_a_child_whose_parent_is_gone_already_does_not_begin():
    done = subprocess.run(
        [*ODD_ENGINE, "odd", "1"], stdin=subprocess.PIPE, timeout=PATIENCE_SECONDS, check=False
    )

    assert done.returncode == 0


@pytest.mark.parametrize(
    "last_words",
    [
        b"",
        b"\x00\x00",
        b"\x00\x00\x10\x00half a frame",
        make_frame(Batch(number=1, model="m", jobs=tuple(make_jobs("hang")))),
    ],
    ids=["idle", "in a length", "in a frame", "at work"],
)
def test_a_child_ends_with_its_input(last_words: bytes):
    with subprocess.Popen(
        [*ODD_ENGINE, "odd", str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        child.stdin.write(last_words)
        child.stdin.close()
        try:
            assert child.wait(PATIENCE_SECONDS / 4) is not None
        finally:
            child.kill()


def test_a_child_whose_parent_hears_nothing_any_more_ends_without_a_word():
    """A parent that dies closes its pipes one after the other; what comes first decides nothing."""
    hears, tells = os.pipe()
    child = subprocess.Popen(
        [*ODD_ENGINE, "odd", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=tells,
        stderr=subprocess.PIPE,
    )
    os.close(tells)
    os.close(hears)
    assert child.stdin is not None
    assert child.stderr is not None

    child.stdin.write(make_frame(Batch(number=1, model="m", jobs=tuple(make_jobs("a cat")))))
    child.stdin.flush()

    assert child.wait(PATIENCE_SECONDS) == 0
    assert child.stderr.read() == b""
    child.stdin.close()
    child.stderr.close()
