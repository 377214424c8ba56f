"""Finds and kills the processes of a server under test."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def child_processes(process_id: int) -> list[int]:
    """Give the processes whose parent is `process_id`."""
    found: list[int] = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = next(line for line in status.read_text().splitlines() if line[:5] == "PPid:")
        except (OSError, StopIteration):
            continue
        if int(parent.split()[1]) == process_id:
            found.append(int(status.parent.name))
    return found


def is_alive(process_id: int) -> bool:
    try:
        state = (Path("/proc") / str(process_id) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill(process_id: int) -> None:
    os.kill(process_id, signal.SIGKILL)


@contextmanager
def stopped(process_id: int) -> Iterator[None]:
    """Keep a process from running for as long as the block lasts; it may be given up meanwhile."""
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGCONT)
