"""Measures the memory of a process and all its descendants, from the system's own accounts.

Works on Linux only: it reads each process's `smaps_rollup`. PSS counts a page that k processes
share as 1/k in each of them, so the sum over a tree counts every page once. RSS counts shared
pages fully in each process, and is therefore the upper bound.
"""

from dataclasses import dataclass

from harness.process_tree import PROCESSES, list_tree


class MemoryUnreadable(Exception):
    """This system does not tell a process's proportional share of memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeMemory:
    """The memory of one process tree at one moment."""

    processes: int
    pss_bytes: int
    rss_bytes: int


def measure_tree(root_process_id: int) -> TreeMemory:
    """Sum the memory of `root_process_id` and every descendant.

    Raises:
        MemoryUnreadable: there is no `smaps_rollup` here (macOS), or it may not be read.
    """
    if not (PROCESSES / "self" / "smaps_rollup").exists():
        raise MemoryUnreadable("idle memory can't be measured: no /proc/*/smaps_rollup here")
    pss = rss = count = 0
    for process_id in list_tree(root_process_id):
        try:
            account = (PROCESSES / str(process_id) / "smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended between the listing and the reading
        except PermissionError as error:
            raise MemoryUnreadable("idle memory can't be measured: no right to read it") from error
        fields = parse_account(account)
        pss += fields["Pss"]
        rss += fields["Rss"]
        count += 1
    return TreeMemory(processes=count, pss_bytes=pss, rss_bytes=rss)


def parse_account(smaps_rollup: str) -> dict[str, int]:
    """Give the fields of a `smaps_rollup` text in bytes; the file counts in KiB."""
    fields: dict[str, int] = {}
    for line in smaps_rollup.splitlines():
        name, _, amount = line.partition(":")
        if amount.endswith(" kB"):
            fields[name] = int(amount.removesuffix(" kB")) * 1024
    return fields
