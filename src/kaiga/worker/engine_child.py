"""The child's side: runs one engine, batch after batch, until its parent is gone.

It knows no store and no network, and never outlives its parent.
"""

import os
import queue
from collections.abc import Callable
from functools import partial

from kaiga.child_processes.frames import make_frame
from kaiga.child_processes.parent_streams import (
    end_with_parent,
    read_frames,
    take_output,
    write_frames,
)
from kaiga.ports.engine import Engine
from kaiga.worker.messages import Batch, Command, StopBatch, decode_command
from kaiga.worker.telling_batch import tell_batch

_NICENESS = 5  # the API must stay quick while pictures are computed on the same cores


class _Commands:
    """What the parent wants: batches in their order, and which of them is to be left.

    Filled by the reading thread, asked by the one that computes.
    """

    def __init__(self) -> None:
        self._batches: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self._to_stop: set[int] = set()

    def take(self, command: Command) -> None:
        """Take note of a command."""
        match command:
            case Batch():
                self._batches.put(command)
            case StopBatch():
                self._to_stop.add(command.number)

    def wait_for_batch(self) -> Batch:
        """Give the next batch, once there is one."""
        return self._batches.get()

    def forget(self, batch: Batch) -> None:
        """Take note that a batch is over."""
        self._to_stop.discard(batch.number)

    def wants_stopped(self, batch: Batch) -> bool:
        """Tell whether a batch is to be left."""
        return batch.number in self._to_stop


def run_engine_child(build_engine: Callable[[], Engine], parent_id: int) -> None:
    """Serve batches from standard input, events to standard output; returns at their end."""
    end_with_parent(parent_id)
    os.nice(_NICENESS)
    output = take_output()
    commands = _Commands()
    read_frames(lambda content: commands.take(decode_command(content)))
    engine = build_engine()
    while True:
        batch = commands.wait_for_batch()
        for messages in tell_batch(engine, batch, partial(commands.wants_stopped, batch)):
            write_frames(output, b"".join(map(make_frame, messages)))
        commands.forget(batch)
