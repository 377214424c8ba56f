"""`kaiga emulator record` and `replay` as users start them, in processes of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PATIENCE_SECONDS = 30


class Running:
    """A command that serves: its address, and what it tells."""

    def __init__(self, process: "subprocess.Popen[str]", told: IO[str]) -> None:
        self.process = process
        self._told = told
        line = ""
        while not line.startswith("Base URL: "):
            line = told.readline()
            assert line, f"it ended with {process.wait()}"
        self.api_url = line.removeprefix("Base URL: ").strip()

    @property
    def root_url(self) -> str:
        return self.api_url.removesuffix("/api/v1")

    @property
    def port(self) -> int:
        return int(self.root_url.rpartition(":")[2])


@contextmanager
def run_command(folder: Path, *arguments: object) -> Iterator[Running]:
    """Run `kaiga emulator ...` until the block ends."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KAIGA_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "kaiga", "emulator", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
    )
    assert process.stdout is not None
    with process.stdout as told:
        try:
            yield Running(process, told)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_PATIENCE_SECONDS)
