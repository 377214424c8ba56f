"""An engine in a child of this process."""

import os
from collections.abc import Sequence
from functools import partial

from kaiga.worker.child_pipe import start_engine_child
from kaiga.worker.linked_engine_process import LinkedEngineProcess

_MOST_BATCHES = 4
"""At the same time: quick ones are answered one after the other while the next are on their way."""


class ChildEngineProcess(LinkedEngineProcess):
    """One slot whose process is a child, started by `command` with this process's id at the end.

    The child takes its next batch from the pipe as soon as it is done with one.
    """

    def __init__(
        self, command: Sequence[str], longest_silence_seconds: float | None = None
    ) -> None:
        start = partial(start_engine_child, (*command, str(os.getpid())))
        super().__init__(start, longest_silence_seconds, most_batches=_MOST_BATCHES)
