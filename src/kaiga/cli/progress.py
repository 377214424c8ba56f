"""Shows on standard error how work goes on: bars for people, lines for logs."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class ProgressShown:
    """Tells of one task: its status while it is waited for, then its downloads.

    A context manager; the bars are gone afterwards, so that only what was printed stays.
    """

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._is_for_people = console.is_terminal
        self._waiting = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not self._is_for_people,
        )
        self._downloading = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            console=console,
            transient=True,
            disable=not self._is_for_people,
        )
        self._status: str | None = None
        self._wait: TaskID | None = None
        self._download: TaskID | None = None

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """See the class."""
        self._waiting.stop()
        self._downloading.stop()

    def tell(self, message: str) -> None:
        """Say something that stays."""
        self._waiting.stop()
        print(message, file=sys.stderr, flush=True)

    def wait(self, status: str) -> None:
        """Show the status of the task that is waited for."""
        if status != self._status and not self._is_for_people:
            print(status, file=sys.stderr, flush=True)
        self._status = status
        if self._wait is None:
            self._wait = self._waiting.add_task(status, total=None)
        self._waiting.start()
        self._waiting.update(self._wait, description=status)

    def begin_transfer(self, name: str) -> None:
        """Show that a file is on its way."""
        self._waiting.stop()
        if not self._is_for_people:
            print(name, file=sys.stderr, flush=True)
        self._downloading.start()
        self._download = self._downloading.add_task(name, total=None)

    def advance_transfer(self, bytes_so_far: int, bytes_in_all: int | None) -> None:
        """Show how far the file is."""
        if self._download is not None:
            self._downloading.update(self._download, completed=bytes_so_far, total=bytes_in_all)
