"""Follows tasks to their ends: by the server's events, else by asking again and again."""

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import cast

import msgspec

from kaiga.cli.answers import TaskAnswer, read_task_answer
from kaiga.cli.client import ApiClient, CallRefused, ServerUnreachable
from kaiga.domain.tasks import TaskStatus

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 3.0  # the advised interval for pictures: contract/core.md, 2.1
_PAUSE_GROWTH = 1.3
_TOLERATED_FAILURES = 5
_SILENCE_SECONDS = 16.0
"""How long a stream may tell nothing: a sign of life comes every 15 seconds (docs/progress.md)."""
_PAUSE_BETWEEN_STREAMS_SECONDS = 2.0  # as the stream itself asks for (docs/progress.md)
_LISTED = 100


class TaskNews(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a task stands after a change; members are those of the server's events.

    `preview` is an unfinished picture as a data URI, with the change that brings it and no other.
    `output` and `usage` are there at the end.
    """

    task_id: str
    task_status: TaskStatus
    attempt: int = 0
    phase: str = ""
    step: int = 0
    steps: int = 0
    queue_position: int | None = None
    eta_seconds: float | None = None
    preview: str = ""
    output: Mapping[str, object] | None = None
    usage: Mapping[str, object] | None = None

    @property
    def answer(self) -> TaskAnswer | None:
        """Give the answer of a task that has ended, as a query reads it; None before."""
        if self.output is None:
            return None
        return read_task_answer(msgspec.json.encode({"output": self.output, "usage": self.usage}))


def follow(
    client: ApiClient, task_ids: Sequence[str], timeout_seconds: float | None
) -> Iterator[TaskNews]:
    """Give each change of these tasks until all of them have ended, or the time is over.

    Without ids, every task of the key is followed; `timeout_seconds` of None is no limit.

    Raises:
        CallRefused: the server refuses to tell.
        ServerUnreachable: it has not answered for several tries.
    """
    following = _Following(client, task_ids, timeout_seconds)
    # It may be no Kaiga, or one with too many readers: then it is asked again and again.
    with suppress(CallRefused, ServerUnreachable):
        yield from following.by_events()
    yield from following.by_polls()


class _Following:
    def __init__(
        self, client: ApiClient, task_ids: Sequence[str], timeout_seconds: float | None
    ) -> None:
        self._client = client
        self._follows_all = not task_ids
        self._open = dict.fromkeys(task_ids)
        self._known: dict[str, dict[str, object]] = {}
        self._deadline = (
            float("inf") if timeout_seconds is None else time.monotonic() + timeout_seconds
        )

    def by_events(self) -> Iterator[TaskNews]:
        """Read the stream for as long as the end of the time can't come during a silence."""
        only = next(iter(self._open)) if len(self._open) == 1 else None
        path = "events" if only is None else f"tasks/{only}/events"
        while self._is_unfinished and self._left_seconds > _SILENCE_SECONDS:
            for kind, data in _read_events(self._client.administer_in_lines("GET", path)):
                # What ended before the stream was open is in no event.
                yield from self._ask() if kind == "open" else self._take(kind, data)
                if not self._is_unfinished or self._left_seconds <= _SILENCE_SECONDS:
                    return
            time.sleep(_PAUSE_BETWEEN_STREAMS_SECONDS)

    def by_polls(self) -> Iterator[TaskNews]:
        """Ask until there is nothing left to ask for; failures that may pass are tolerated."""
        pause_seconds, failures = _FIRST_PAUSE_SECONDS, 0
        while self._is_unfinished:
            try:
                yield from self._list() if self._follows_all else self._ask()
                failures = 0
            except (CallRefused, ServerUnreachable) as failure:
                failures += 1
                if failures > _TOLERATED_FAILURES or not _may_pass(failure):
                    raise
            if not self._is_unfinished or self._left_seconds <= 0:
                return
            time.sleep(min(pause_seconds, self._left_seconds))
            pause_seconds = min(_LONGEST_PAUSE_SECONDS, pause_seconds * _PAUSE_GROWTH)

    @property
    def _is_unfinished(self) -> bool:
        return self._follows_all or bool(self._open)

    @property
    def _left_seconds(self) -> float:
        return self._deadline - time.monotonic()

    def _ask(self) -> Iterator[TaskNews]:
        for task_id in tuple(self._open):
            yield from self._learn(task_id, self._client.query(task_id).told)

    def _list(self) -> Iterator[TaskNews]:
        """Look at the newest tasks; of those that had ended at the first look, nothing is told."""
        rows = self._client.list_tasks({"page_size": _LISTED}).data
        is_first = not self._known
        for row in reversed(rows):
            status = TaskStatus(row.status)
            if is_first and status.is_final:
                self._known[row.task_id] = {"task_status": status}
            elif self._known.get(row.task_id, {}).get("task_status") != status:
                yield from self._learn(row.task_id, {"output": {"task_status": status}})

    def _learn(self, task_id: str, told: Mapping[str, object]) -> Iterator[TaskNews]:
        """Take the answer to a query."""
        output = cast("Mapping[str, object]", told["output"])
        status = TaskStatus(cast("str", output["task_status"]))
        if status in {TaskStatus.PENDING, TaskStatus.RUNNING}:
            if self._known.get(task_id, {}).get("task_status") != status:
                self._known[task_id] = {"task_status": status}
                yield TaskNews(task_id=task_id, task_status=status)
            return
        self._open.pop(task_id, None)
        self._known[task_id] = {"task_status": status}
        usage = cast("Mapping[str, object] | None", told.get("usage"))
        yield TaskNews(task_id=task_id, task_status=status, output=output, usage=usage)

    def _take(self, kind: str, data: bytes) -> Iterator[TaskNews]:
        """Take an event; what was cut or is of tasks that nobody asked for is passed over."""
        try:
            told = msgspec.json.decode(data, type=dict[str, object])
            task_id = cast("str", told.pop("task_id"))
            if not self._follows_all and task_id not in self._open:
                return
            if kind == "end":
                yield from self._learn(task_id, told)
                return
            state = self._known.get(task_id, {"task_status": TaskStatus.RUNNING})
            # A phase begins anew; steps, places and previews add to it.
            state = told if kind == "phase" else {**state, **told}
            news = msgspec.convert({"task_id": task_id, **state}, TaskNews)
        except (msgspec.DecodeError, KeyError):
            yield from self._ask()
            return
        state.pop("preview", None)
        if state != self._known.get(task_id) or news.preview:
            self._known[task_id] = state
            yield news


def _read_events(lines: Generator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Give the kind and the data of each event, and first of all that it is `open`."""
    try:
        kind, data, is_open = "", b"", False
        for line in lines:
            if not is_open:
                yield "open", b""
                is_open = True
            name, _, value = line.partition(b":")
            if name == b"event":
                kind = value.decode().strip()
            elif name == b"data":
                data = value.strip()
            elif not line and data:
                yield kind, data
                kind, data = "", b""
    finally:
        lines.close()


def _may_pass(failure: CallRefused | ServerUnreachable) -> bool:
    return failure.may_pass if isinstance(failure, CallRefused) else True
