"""Puts load on servers with wrk: a thread for each, keep-alive connections, for a bounded time."""

import subprocess
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from harness.contestants import CREATE_BODY, CREATE_PATH

SCRIPT = Path(__file__).resolve().parent.parent / "wrk" / "load.lua"

PATIENCE_SECONDS = 60.0
"""What wrk may take beyond its own duration before it counts as stuck."""


class LoadFailed(Exception):
    """The load generator did not give an outcome."""


class Kind(StrEnum):
    """What one request asks for."""

    HELLO = "hello"
    CREATE = "create"
    POLL = "poll"
    POLL_ELSEWHERE = "poll elsewhere"
    """Polls at each of several nodes of the tasks that another one of them has created."""
    STORED_POLL = "stored poll"
    """Polls of more tasks than a server keeps in memory, so that each has to be read."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came back in the measured time.

    `bad_answers` are those with a status of 400 or more, `socket_errors` are connections refused
    or cut and answers that took over 10 s; a measurement with any of them is not valid.
    `server_cpu_seconds` is the processor time of all the server's processes, its store's and its
    worker's included; None where the system does not tell it.
    """

    requests: int
    seconds: float
    bad_answers: int
    socket_errors: int
    p50_milliseconds: float
    p99_milliseconds: float
    server_cpu_seconds: float | None = None

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds

    @property
    def cpu_microseconds(self) -> float | None:
        """The server's processor time per answer; a busy machine sways it less than the rate."""
        if self.server_cpu_seconds is None or not self.requests:
            return None
        return self.server_cpu_seconds * 1e6 / self.requests


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A node to load, by its address without a path, and a file of task ids to ask it for."""

    base_url: str
    task_ids: Path


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """How to load one server: all of its nodes at once, each over that many connections."""

    targets: Sequence[Target]
    api_key: str
    connections: int

    def run(self, kind: Kind, seconds: int) -> Outcome:
        """Ask as fast as the server answers, for `seconds` whole seconds.

        Raises:
            LoadFailed: wrk ended badly, hung, or reported nothing.
        """
        nodes = len(self.targets)
        command = ["wrk", "--threads", str(nodes), "--connections", str(nodes * self.connections)]
        command += ["--duration", f"{seconds}s", "--timeout", "10s", "--script", str(SCRIPT)]
        command += [self.targets[0].base_url, "--", kind, self.api_key]
        command += [CREATE_PATH, msgspec.json.encode(CREATE_BODY).decode()]
        for target in self.targets:
            command += [urlsplit(target.base_url).netloc, str(target.task_ids)]
        limit = seconds + PATIENCE_SECONDS
        try:
            finished = subprocess.run(
                command, capture_output=True, text=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise LoadFailed(f"wrk did not end within {limit:g} s") from error
        if finished.returncode != 0:
            raise LoadFailed(f"wrk ended with {finished.returncode}: {finished.stderr.strip()}")
        return parse_outcome(finished.stdout)


def parse_outcome(output: str) -> Outcome:
    """Find the outcome line in what wrk printed.

    Raises:
        LoadFailed: there is none, which is how wrk ends when its script fails.
    """
    for line in output.splitlines():
        if line.startswith("OUTCOME "):
            return msgspec.json.decode(line.removeprefix("OUTCOME "), type=Outcome)
    raise LoadFailed(f"wrk reported no outcome: {output.strip()[-500:]}")
