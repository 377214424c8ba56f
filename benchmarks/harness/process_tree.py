"""Finds a process and all its descendants, and what they have computed; on Linux only."""

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

PROCESSES = Path("/proc")

_USER_TICKS, _SYSTEM_TICKS = 11, 12
"""Places of the two times in a `/proc/*/stat` line, counted after the program's name."""


def read_cpu_seconds(root_process_ids: Sequence[int]) -> float | None:
    """Sum the processor time that the trees have used so far; None where the system has no list.

    What a process has used is lost once it has ended, so compare two moments between which none
    ends.
    """
    if not (PROCESSES / "self" / "stat").exists():
        return None
    ticks = 0
    for root in root_process_ids:
        for process_id in list_tree(root):
            fields = _read_fields(PROCESSES / str(process_id) / "stat")
            if fields:
                ticks += int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])
    return ticks / os.sysconf("SC_CLK_TCK")


def list_tree(root_process_id: int) -> list[int]:
    """Give `root_process_id` and all its descendants, parents first."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for status in PROCESSES.glob("[0-9]*/stat"):
        fields = _read_fields(status)
        if fields:
            children[int(fields[1])].append(int(status.parent.name))
    found = [root_process_id]
    for process_id in found:
        found.extend(children[process_id])
    return found


def split_fields(stat_line: str) -> list[str]:
    """Give the fields of a `/proc/*/stat` line that follow the program's name.

    The name stands in brackets and may hold spaces and brackets itself, so the fields are
    counted from the last closing one.
    """
    return stat_line.rpartition(")")[2].split()


def _read_fields(status: Path) -> list[str]:
    """Read a process's fields; none where it has just ended."""
    try:
        return split_fields(status.read_text())
    except (FileNotFoundError, ProcessLookupError):
        return []
