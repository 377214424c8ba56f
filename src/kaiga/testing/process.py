"""An emulator in a process of its own, for as long as the tests run."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Self

_EMULATOR = ("serve", "--emulator", "--memory", "--host", "127.0.0.1", "--port", "0")
_BASE_URL = re.compile(rb"^Base URL: (\S+)/api/v1\n", re.MULTILINE)
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.01


class NotStarted(Exception):
    """The emulator ended, or said nothing for a minute; the message is its last line."""


class EmulatorProcess:
    """An emulator in memory, on a free port of 127.0.0.1; a context manager that ends it.

    It ends with this process too, however that ends. Settings are those of `environment` and of
    the working folder's kaiga.toml, as for every `kaiga serve`.

    Raises:
        NotStarted: at the beginning of the block.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed with the block
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        """Start it, and return once it answers at `url`."""
        self._process = subprocess.Popen(  # noqa: S603  this very program
            [sys.executable, "-m", "kaiga", *_EMULATOR, "--until-stdin-ends"],
            env=dict(self._environment),
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # a Ctrl-C is for the tests, which end it in their order
        )
        try:
            self.url = self._wait_for_url(self._process)
        except NotStarted:
            self._end(self._process)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        if self._process is not None:
            self._end(self._process)

    def log(self) -> str:
        """Give what it has said so far."""
        self._log.flush()
        return os.pread(self._log.fileno(), 1 << 20, 0).decode("utf-8", "replace")

    def _wait_for_url(self, process: subprocess.Popen[bytes]) -> str:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            told = _BASE_URL.search(os.pread(self._log.fileno(), 1 << 16, 0))
            if told:
                return told[1].decode()
            if process.poll() is not None:
                break
            time.sleep(_LOOK_SECONDS)
        lines = [line.strip() for line in self.log().splitlines() if line.strip()]
        raise NotStarted(f"The emulator did not start: {lines[-1] if lines else 'it said nothing'}")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(BrokenPipeError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._log.close()
