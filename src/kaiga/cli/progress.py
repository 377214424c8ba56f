"""Shows on standard error how work goes on: bars for people, lines for logs."""

import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import IO, Self, cast

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from kaiga.cli.following import TaskNews
from kaiga.cli.steady_output import SteadyOutput
from kaiga.domain.tasks import TaskStatus


class _Pictured(Progress):
    """Bars, with a picture above them once there is one."""

    picture: RenderableType | None = None

    def get_renderables(self) -> Iterable[RenderableType]:
        if self.picture is not None:
            yield self.picture
        yield from super().get_renderables()


class ProgressShown:
    """Tells of tasks: their status while they are waited for, then their downloads.

    A context manager; the bars are gone afterwards, so that only what was printed stays.
    `draw` makes something to show of a preview, a data URI, where previews are to be seen.
    `is_quiet` leaves the lines out, and `names_tasks` puts the id before what is said of a task.
    """

    def __init__(
        self,
        draw: Callable[[str], RenderableType | None] | None = None,
        *,
        is_quiet: bool = False,
        names_tasks: bool = False,
    ) -> None:
        console = Console(file=cast("IO[str]", SteadyOutput(sys.stderr)))
        self._is_for_people = console.is_terminal
        self._is_quiet = is_quiet
        self._names_tasks = names_tasks
        self._draw = draw
        self._waiting = _Pictured(
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
        self._said: dict[str, str] = {}
        self._bars: dict[str, TaskID] = {}
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
        self.pause()
        print(message, file=sys.stderr, flush=True)

    def pause(self) -> None:
        """Take the bars away, so that something can be printed; they come again by themselves."""
        self._waiting.stop()
        self._downloading.stop()

    def wait(self, status: str) -> None:
        """Show the status of what is waited for, where it is only one thing."""
        self._say("", status)
        self._show_bar("", status)

    def show(self, news: TaskNews) -> None:
        """Show how a task comes on: for people its phase, its steps and its preview as well."""
        name = f"{news.task_id}  " if self._names_tasks else ""
        if news.output is not None:
            bar = self._bars.pop(news.task_id, None)
            if bar is not None:
                self._waiting.remove_task(bar)
            return
        self._say(news.task_id, f"{name}{news.task_status}")
        picture = self._draw(news.preview) if news.preview and self._draw else None
        if picture is not None:
            self._waiting.picture = picture
        self._show_bar(news.task_id, f"{name}{describe(news)}", news.step, news.steps)

    def _say(self, key: str, status: str) -> None:
        """Print a status that is new, where there are no bars."""
        if status != self._said.get(key) and not self._is_for_people and not self._is_quiet:
            print(status, file=sys.stderr, flush=True)
        self._said[key] = status

    def _show_bar(self, key: str, status: str, step: int = 0, steps: int = 0) -> None:
        if key not in self._bars:
            self._bars[key] = self._waiting.add_task(status, total=None)
        self._waiting.start()
        self._waiting.update(
            self._bars[key], description=status, completed=step, total=steps or None
        )

    def count(self, name: str, done: int, total: int) -> None:
        """Show how many of something are done."""
        self._say(name, name)
        self._show_bar(name, f"{name} {done:,} of {total:,}", done, total)

    def begin_transfer(self, name: str) -> None:
        """Show that a file is on its way."""
        self._waiting.stop()
        if not self._is_for_people and not self._is_quiet:
            print(name, file=sys.stderr, flush=True)
        self._downloading.start()
        self._download = self._downloading.add_task(name, total=None)

    def advance_transfer(self, bytes_so_far: int, bytes_in_all: int | None) -> None:
        """Show how far the file is."""
        if self._download is not None:
            self._downloading.update(self._download, completed=bytes_so_far, total=bytes_in_all)


def describe(news: TaskNews) -> str:
    """Say how a task stands, in a few words."""
    steps = f" {news.step}/{news.steps}" if news.steps else ""
    told = [
        f"{news.task_status}",
        f"{news.phase}{steps}".strip() if news.task_status is TaskStatus.RUNNING else "",
        f"place {news.queue_position + 1}" if news.queue_position is not None else "",
        f"about {news.eta_seconds:.0f} s left" if news.eta_seconds is not None else "",
        f"try {news.attempt}" if news.attempt > 1 else "",
    ]
    return ", ".join(part for part in told if part)
