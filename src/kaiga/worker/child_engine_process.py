"""An engine in a child of this process."""

import os
from collections.abc import Sequence
from functools import partial

from kaiga.worker.child_pipe import start_engine_child
from kaiga.worker.linked_engine_process import LinkedEngineProcess


class ChildEngineProcess(LinkedEngineProcess):
    """One slot whose process is a child, started by `command` with this process's id at the end."""

    def __init__(
        self, command: Sequence[str], longest_silence_seconds: float | None = None
    ) -> None:
        start = partial(start_engine_child, (*command, str(os.getpid())))
        super().__init__(start, longest_silence_seconds)
