"""Where nodes show each other how far the tasks are that they run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from kaiga.domain.ids import TaskId
from kaiga.domain.progress import Progress

OnNews = Callable[[Sequence[TaskId]], None]
"""Is told of which tasks there is something new to read, on the event loop."""


class ProgressBoard(Protocol):
    """Progress is a hint: what is shown may come late, be left out, or be lost in a crash."""

    def publish(self, task_id: TaskId, progress: Progress) -> None:
        """Show how far a task is, to nodes that ask; returns before it is shown.

        What begins an attempt or a phase is shown at once. Of what follows, only the newest is
        shown, twice a second.
        """
        ...

    def withdraw(self, task_id: TaskId, attempt: int) -> None:
        """Show nothing more of an attempt, which is over; a later attempt's is left."""
        ...

    async def read(self, known: Mapping[TaskId, Progress | None]) -> Mapping[TaskId, Progress]:
        """Give how far tasks are, where that is shown.

        `known` has the tasks, and what was read of each before: a preview that is still the same
        isn't carried again.

        Raises:
            StoreUnavailable: the board did not answer.
        """
        ...

    def listen(self, on_news: OnNews, on_gap: Callable[[], None]) -> None:
        """Have `on_news` called as tasks are shown anew, and `on_gap` when that was missed."""
        ...
