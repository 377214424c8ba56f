"""Looks at the tasks that run upstream: all of an engine's together, each as often as it needs.

A round looks at every task that is due. Where these are many, the newest page of the upstream's
list tells at one go which of them still run; the others are queried one by one.
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator, Mapping, Sequence

import structlog

from kaiga.domain.tasks import TaskStatus
from kaiga.engines.upstream.answers import Answer
from kaiga.engines.upstream.client import ModelStudio
from kaiga.engines.upstream.pace import MeanTimes, Pace
from kaiga.engines.upstream.refusals import NotSent, Refused, Unanswered

_log = structlog.get_logger(__name__)
_WORTH_A_LIST = 4
"""So many tasks that are due at once are first looked up in the list."""
_NOTHING_LISTED: Mapping[str, str] = {}
_UNFINISHED = frozenset({TaskStatus.PENDING.value, TaskStatus.RUNNING.value})
_LOOKS_UNTIL_UNKNOWN = 3
"""A task is UNKNOWN only where it is so each time: a copy of the upstream's may lag behind."""
_LONGEST_OUTAGE_WAIT_SECONDS = 30.0


class _Followed:
    """One task that somebody waits for."""

    def __init__(self, task_id: str, model: str, began_at: float) -> None:
        self.task_id = task_id
        self.model = model
        self.began_at = began_at
        self.due_at = began_at
        self.answers: asyncio.Queue[Answer] = asyncio.Queue()
        self.status: TaskStatus | None = None
        self.failures = 0
        self.unknowns = 0

    def tell(self, answer: Answer) -> None:
        """Tell whoever waits, if it is news."""
        if answer.status is not self.status:
            self.status = answer.status
            self.answers.put_nowait(answer)


class Poller:
    """Follows tasks for as long as somebody waits for them."""

    def __init__(self, studio: ModelStudio, pace: Pace) -> None:
        self._studio = studio
        self._pace = pace
        self._means = MeanTimes()
        self._followed: dict[str, _Followed] = {}
        self._changed = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._looks: set[asyncio.Task[None]] = set()

    async def follow(self, task_id: str, model: str) -> AsyncGenerator[Answer]:
        """Give the task's answer at each change of its status; the last one has ended."""
        loop = asyncio.get_running_loop()
        followed = _Followed(task_id, model, loop.time())
        self._look_again(followed, self._pace.find_wait(0.0, self._means.find(model)))
        self._followed[task_id] = followed
        self._changed.set()
        if self._work is None:
            self._work = loop.create_task(self._look_for_ever())
        try:
            while True:
                answer = await followed.answers.get()
                if answer.status is TaskStatus.SUCCEEDED:
                    self._means.note(model, loop.time() - followed.began_at)
                yield answer
                if answer.has_ended:
                    return
        finally:
            if self._followed.get(task_id) is followed:
                del self._followed[task_id]

    async def close(self) -> None:
        """Look at nothing any more."""
        ended = [*self._looks, *([self._work] if self._work else [])]
        for each in ended:
            each.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    async def _look_for_ever(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            self._changed.clear()
            if any(each.due_at <= now() for each in self._followed.values()):
                self._begin_look([e for e in self._followed.values() if e.due_at <= now()])
            next_at = min((each.due_at for each in self._followed.values()), default=math.inf)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(None if next_at == math.inf else next_at):
                    await self._changed.wait()

    def _begin_look(self, due: Sequence[_Followed]) -> None:
        for each in due:
            each.due_at = math.inf  # until the look is over
        look = asyncio.get_running_loop().create_task(self._look(due))
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def _look(self, due: Sequence[_Followed]) -> None:
        listed = await self._list() if len(due) >= _WORTH_A_LIST else _NOTHING_LISTED
        alone: list[_Followed] = []
        for each in due:
            status = listed.get(each.task_id)
            if status in _UNFINISHED:
                self._take(each, Answer(status=TaskStatus(status)))
            else:
                alone.append(each)
        await asyncio.gather(*(self._look_at(each) for each in alone))

    async def _list(self) -> Mapping[str, str]:
        try:
            return {each.task_id: each.status for each in await self._studio.list_newest()}
        except (NotSent, Unanswered, Refused):
            return _NOTHING_LISTED

    async def _look_at(self, followed: _Followed) -> None:
        try:
            answer = await self._studio.query(followed.task_id)
        except (NotSent, Unanswered, Refused) as error:
            self._note_failure(followed, error)
        except Exception:  # noqa: BLE001  what one answer does must not end the looks at all others
            _log.exception("a bug in reading a task of the upstream")
            self._note_failure(followed, None)
        else:
            self._take(followed, answer)

    def _take(self, followed: _Followed, answer: Answer) -> None:
        followed.failures = 0
        followed.unknowns = followed.unknowns + 1 if answer.status is TaskStatus.UNKNOWN else 0
        age = asyncio.get_running_loop().time() - followed.began_at
        self._look_again(followed, self._pace.find_wait(age, self._means.find(followed.model)))
        self._changed.set()
        if 0 < followed.unknowns < _LOOKS_UNTIL_UNKNOWN:
            return
        if answer.has_ended:
            self._followed.pop(followed.task_id, None)
        followed.tell(answer)

    def _note_failure(self, followed: _Followed, error: Exception | None) -> None:
        """Look again later: the task goes on there, whoever can be reached."""
        if not followed.failures:
            _log.warning("the upstream did not tell how a task stands", reason=str(error))
        pause = self._pace.shortest_seconds * 2**followed.failures
        followed.failures = min(followed.failures + 1, 10)
        self._look_again(followed, min(pause, _LONGEST_OUTAGE_WAIT_SECONDS))
        self._changed.set()

    def _look_again(self, followed: _Followed, wait_seconds: float) -> None:
        """Have a task looked at after so long; many are looked at together, for the list's sake."""
        now = asyncio.get_running_loop().time()
        is_many = len(self._followed) >= _WORTH_A_LIST
        followed.due_at = self._pace.align(now, wait_seconds) if is_many else now + wait_seconds
