"""Copies of the whole record, made while it is in use."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Protocol

import msgspec


class SnapshotProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a copy is."""

    copied_bytes: int
    total_bytes: int


class Snapshots(Protocol):
    """Makes copies of the task store as it is at one moment."""

    def take(self, target: Path) -> AsyncGenerator[SnapshotProgress]:
        """Copy everything into a new file, in small steps; the copy is whole at the end.

        What is written meanwhile is not in it, and does not wait for it. A generator that is
        closed early leaves no file.

        Raises:
            StoreUnavailable: the store did not answer, or the file can't be written; it is gone.
        """
        ...
