"""The child's side: runs one engine, batch after batch, until its parent is gone.

It knows no store and no network. It must never outlive its parent: the end of its input is its
end, whatever it is doing, and on Linux the kernel sees to that as well.
"""

import ctypes
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import BinaryIO

from kaiga.domain.errors import EngineUnfit
from kaiga.ports.engine import Engine, JobFailed, ResultMade
from kaiga.worker.frames import (
    LENGTH,
    Batch,
    BatchDone,
    BatchStopped,
    Command,
    EngineBroke,
    Message,
    ModelUnfit,
    StopBatch,
    decode_command,
    make_frame,
)

_PR_SET_PDEATHSIG = 1  # Source: Linux, include/uapi/linux/prctl.h
_NICENESS = 5  # the API must stay quick while pictures are computed on the same cores


class _Commands:
    """What the parent wants: batches in their order, and which of them is to be left.

    Filled by the reading thread, asked by the one that computes.
    """

    def __init__(self) -> None:
        self._batches: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._last_stopped = 0

    def take(self, command: Command) -> None:
        """Take note of a command."""
        match command:
            case Batch():
                self._batches.put(command)
            case StopBatch():
                self._last_stopped = command.number

    def wait_for_batch(self) -> Batch:
        """Give the next batch, once there is one."""
        return self._batches.get()

    def wants_stopped(self, batch: Batch) -> bool:
        """Tell whether a batch is to be left."""
        return batch.number <= self._last_stopped


def run_engine_child(build_engine: Callable[[], Engine], parent_id: int) -> None:
    """Serve batches from standard input, events to standard output; returns at their end."""
    _die_with_parent(parent_id)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to answer
    os.nice(_NICENESS)
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints must not get between our frames
    commands = _Commands()
    threading.Thread(target=_read_commands, args=(sys.stdin.buffer, commands), daemon=True).start()
    engine = build_engine()
    while True:
        _run_batch(engine, commands, lambda frames: _send(events, frames))


def _run_batch(engine: Engine, commands: _Commands, send: Callable[[bytes], None]) -> None:
    batch = commands.wait_for_batch()
    try:
        send(b"".join(map(make_frame, _tell_batch(engine, commands, batch, send))))
    except EngineUnfit as unfit:
        send(make_frame(ModelUnfit(reason=str(unfit))))
    except Exception as error:  # noqa: BLE001  an engine may raise anything; the parent decides
        send(make_frame(EngineBroke(reason=f"{type(error).__name__}: {error}")))


def _tell_batch(
    engine: Engine, commands: _Commands, batch: Batch, send: Callable[[bytes], None]
) -> Sequence[Message]:
    """Tell what an engine tells of a batch; gives what is left to tell once it is over.

    The end of the last job waits for that of the batch, which is only a moment away: whoever
    reads is woken once, and has both at once.
    """
    missing = len(batch.jobs)
    last: list[Message] = []
    for progress in engine.load(batch.model):
        if commands.wants_stopped(batch):
            return [BatchStopped()]
        send(make_frame(progress))
    if not batch.jobs:
        return [BatchDone(loaded=tuple(engine.list_loaded()))]
    with closing(engine.generate(batch.jobs)) as events:
        for event in events:
            if commands.wants_stopped(batch):
                return [BatchStopped()]
            missing -= isinstance(event, ResultMade | JobFailed)
            if missing <= 0:
                last.append(event)
            else:
                send(make_frame(event))
    return [*last, BatchDone(loaded=tuple(engine.list_loaded()))]


def _send(events: BinaryIO, frames: bytes) -> None:
    rest = memoryview(frames)
    try:
        while rest:
            rest = rest[events.write(rest) :]
    except BrokenPipeError:
        os._exit(0)  # the parent is gone, and the end of its commands is just not seen yet


def _read_commands(pipe: BinaryIO, commands: _Commands) -> None:
    while True:
        head = pipe.read(LENGTH.size)
        if len(head) < LENGTH.size:
            os._exit(0)  # the parent is gone: nobody waits for what is being computed
        (length,) = LENGTH.unpack(head)
        content = pipe.read(length)
        if len(content) < length:
            os._exit(0)
        commands.take(decode_command(content))


def _die_with_parent(parent_id: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_id:
        os._exit(0)  # it died before we could ask to be told
