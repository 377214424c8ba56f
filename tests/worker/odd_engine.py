"""An engine for tests, and the program that runs it in a child: what it does stands in the prompt.

`crash` ends the process, `exit` leaves it, `raise` breaks the batch,
`hang` never ends, `print` writes to standard output, `large` gives 40 MB, `skip` gives nothing,
`stranger` answers for no job, `process` tells its process id, `walk` goes step by step for ever,
`size` fails with the number of jobs in its batch, `draw` gives a grey picture,
`hang at` and a path makes that file and never ends;
anything else is given back. Started as `noise` instead of `odd`, it breaks the protocol at once.
"""

import os
import signal
import struct
import sys
import threading
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import count
from pathlib import Path

from kaiga.domain.errors import EngineUnfit
from kaiga.ports.engine import (
    CancelLevel,
    Capabilities,
    EngineEvent,
    Estimate,
    GenerationJob,
    JobFailed,
    LoadProgressed,
    MadeFile,
    PhaseBegan,
    ResultMade,
    StepDone,
)
from kaiga.worker.engine_child import run_engine_child

LARGE_BYTES = 40_000_000


def make_result(index: int, content: bytes) -> ResultMade:
    """The one file of a job."""
    return ResultMade(index=index, files=(MadeFile(content=content),))


def draw(job: GenerationJob) -> MadeFile:
    """Give a PNG file of one shade, without the time that an imaging library takes to import."""
    width, height = job.width_pixels, job.height_pixels
    rows = (b"\0" + bytes([job.seed % 256]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return MadeFile(content=content, width_pixels=width, height_pixels=height)


class OddEngine:
    """Does what each job's prompt says."""

    name = "odd"

    def __init__(self) -> None:
        self._loaded: list[str] = []

    capabilities = Capabilities(reports_steps=True, cancel=CancelLevel.STEP, deterministic=True)

    def estimate(self, batch: Sequence[GenerationJob]) -> Estimate:
        return Estimate(seconds=len(batch))

    def load(self, model: str) -> Iterator[LoadProgressed]:
        if model == "unloadable":
            raise EngineUnfit("no such weights")
        if model in self._loaded:
            return
        if model == "heavy":
            yield LoadProgressed(part=0.5)
        self._loaded.append(model)

    def unload(self, model: str) -> None:
        self._loaded = [each for each in self._loaded if each != model]

    def list_loaded(self) -> Sequence[str]:
        return self._loaded

    def generate(self, batch: Sequence[GenerationJob]) -> Generator[EngineEvent]:
        yield PhaseBegan(phase="generate")
        for index, job in enumerate(batch):
            if job.prompt == "size":
                yield JobFailed(index=index, code="Size", message=f"one of {len(batch)}")
            else:
                yield from self._make(index, job)

    def _make(self, index: int, job: GenerationJob) -> Iterator[EngineEvent]:
        if make_mischief(job.prompt):
            return
        match job.prompt:
            case "fail":
                yield JobFailed(index=index, code="DataInspectionFailed", message="no")
            case "print":
                sys.stdout.write("a library says hello\n")
                sys.stdout.flush()
                os.write(1, b"\x00\x00\x00\x05hello")
                yield make_result(index, b"printed")
            case "large":
                yield make_result(index, b"x" * LARGE_BYTES)
            case "draw":
                yield ResultMade(index=index, files=(draw(job),))
            case "stranger":
                yield make_result(99, b"for nobody")
            case "walk":
                for step in count(1):
                    yield StepDone(index=index, step=step, steps=step + 1)
                    threading.Event().wait(0.005)
            case "process":
                yield make_result(index, str(os.getpid()).encode())
            case text:
                yield make_result(index, f"{text}/{job.seed}".encode())


def make_mischief(prompt: str) -> bool:
    """Do what breaks or holds up a process; tells whether that was asked for."""
    if prompt.startswith("hang at "):
        Path(prompt.removeprefix("hang at ")).touch()
        threading.Event().wait()
    if prompt not in _MISCHIEF:
        return False
    _MISCHIEF[prompt]()
    return True


def break_down() -> None:
    raise RuntimeError("out of memory")


_MISCHIEF: dict[str, Callable[[], object]] = {
    "crash": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: sys.exit(0),
    "raise": break_down,
    "hang": lambda: threading.Event().wait(),
    "skip": lambda: None,
}


def write_noise() -> None:
    """Break the protocol at once, then wait to be ended."""
    os.write(1, b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
    threading.Event().wait()


if __name__ == "__main__":
    if sys.argv[1] == "noise":
        write_noise()
    run_engine_child(OddEngine, int(sys.argv[-1]))
