"""How far tasks are, shown to other nodes through the database."""

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from kaiga.domain.errors import KaigaError
from kaiga.domain.ids import TaskId
from kaiga.domain.progress import Progress
from kaiga.ports.progress_board import OnNews
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.hints import Hint
from kaiga.store.postgres.progress_rows import ShowWanted, read_progress, show

_SHOW_AGAIN_SECONDS = 0.5
_SWEEP_SECONDS = 60.0
_LARGEST_PREVIEW_BYTES = 512 * 1024
"""Larger ones are given to no reader of events either."""


class PostgresProgressBoard:
    """Implements the port `ProgressBoard`; its promises are told there.

    One write is under way at a time: what comes meanwhile goes with the next one.
    """

    def __init__(
        self, database: PostgresDatabase, show_again_seconds: float = _SHOW_AGAIN_SECONDS
    ) -> None:
        self._writer = database.writer
        self._writer.sync_later(show)
        self._reader = database.reader
        self._hints = database.hints
        self._show_again_seconds = show_again_seconds
        self._shown: dict[TaskId, Progress] = {}
        self._urgent: dict[TaskId, Progress] = {}
        self._later: dict[TaskId, Progress] = {}
        self._over: dict[TaskId, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_writing = False
        self._sweep_at = 0.0

    def publish(self, task_id: TaskId, progress: Progress) -> None:
        """See the port."""
        if len(progress.preview) > _LARGEST_PREVIEW_BYTES:
            progress = msgspec.structs.replace(progress, preview=b"")
        shown = self._urgent.get(task_id) or self._shown.get(task_id)
        if shown is None or (shown.attempt, shown.phase) != (progress.attempt, progress.phase):
            self._later.pop(task_id, None)
            self._urgent[task_id] = progress
            self._write_urgent()
        else:
            self._later[task_id] = progress
            self._write_later()

    def withdraw(self, task_id: TaskId, attempt: int) -> None:
        """See the port."""
        self._urgent.pop(task_id, None)
        self._later.pop(task_id, None)
        if self._shown.pop(task_id, None) is not None:
            self._over[task_id] = attempt
            self._write_later()

    async def read(self, known: Mapping[TaskId, Progress | None]) -> Mapping[TaskId, Progress]:
        """See the port."""
        return await read_progress(self._reader, known)

    def listen(self, on_news: OnNews, on_gap: Callable[[], None]) -> None:
        """See the port."""

        def hear(hint: Hint) -> None:
            if hint.progress:
                on_news(hint.progress)

        self._hints.listen(hear)
        self._hints.on_gap(on_gap)

    def _write_later(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._show_again_seconds, self._write_all)

    def _write_all(self) -> None:
        self._timer = None
        self._urgent = {**self._later, **self._urgent}
        self._later.clear()
        self._write_urgent()

    def _write_urgent(self) -> None:
        if self._is_writing or not (self._urgent or self._over):
            return
        self._is_writing = True
        urgent, self._urgent = self._urgent, {}
        over, self._over = self._over, {}
        has_preview = frozenset(
            task_id
            for task_id, progress in urgent.items()
            if task_id in self._shown and self._shown[task_id].preview == progress.preview
        )
        self._shown |= urgent
        wanted = ShowWanted(
            shown=urgent, has_preview=has_preview, over=over, sweep_ms=self._draw_sweep()
        )
        self._writer.begin(show, wanted, self._take_answer)

    def _take_answer(self, answer: Exception | None) -> None:
        """Go on; where nothing was shown, all is shown anew with what is reported next."""
        self._is_writing = False
        if isinstance(answer, KaigaError):
            self._shown.clear()
        self._write_urgent()

    def _draw_sweep(self) -> int | None:
        now = asyncio.get_running_loop().time()
        if now < self._sweep_at:
            return None
        self._sweep_at = now + _SWEEP_SECONDS
        return round(_SWEEP_SECONDS * 1000)
