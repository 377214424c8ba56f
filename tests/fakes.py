"""Small real classes that stand in for ports; the ones that store pass their port's contract."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from domain.samples import START
from kaiga.domain.errors import EngineBusy, EngineStopped, ObjectMissing, ObjectsUnavailable
from kaiga.domain.ids import AccountId, Lane, ObjectKey
from kaiga.domain.media import MediaType
from kaiga.domain.provenance import Marked
from kaiga.domain.tasks import Task
from kaiga.ports.engine import EngineEvent, GenerationJob, MadeFile, ResultMade
from kaiga.ports.object_store import ObjectEntry
from kaiga.ports.prompt_rewriter import ANY_PICTURE, PromptUse
from kaiga.ports.upload_store import Upload

PNG_BYTES = b"\x89PNG\r\n\x1a\n" + b"a picture"


def make_result(index: int, content: bytes) -> ResultMade:
    """The one file of a job."""
    return ResultMade(index=index, files=(MadeFile(content=content),))


async def leave_unmarked(_task: Task, content: bytes, _kind: MediaType) -> Marked:
    """Stands in for `MarkResults`."""
    return Marked(content=content, made_digest="")


class SetCalendar:
    """A `Calendar` that stands still until it is set."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self, account: AccountId) -> datetime:  # noqa: ARG002  all accounts share this calendar
        return self.at

    def real_now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


class SetLeaseClock:
    """A `LeaseClock` that stands still until it is set."""

    def __init__(self, at: float = 0.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


@dataclass
class SetPolicy:
    """A policy of the queue that a test decides; what it does not name has no limit."""

    weights: dict[str, float] = field(default_factory=dict[str, float])
    limits: dict[Lane, int] = field(default_factory=dict[Lane, int])
    queue_limits: dict[Lane, int] = field(default_factory=dict[Lane, int])
    version: int = 0

    def find_weight(self, account: AccountId) -> float:
        return self.weights.get(account, 1.0)

    def find_running_limit(self, lane: Lane) -> int | None:
        return self.limits.get(lane)

    def find_queue_limit(self, lane: Lane) -> int | None:
        return self.queue_limits.get(lane)


class MemoryObjects:
    """An `ObjectStore` in a dictionary, with an outage that a test can turn on."""

    def __init__(self, calendar: SetCalendar | None = None) -> None:
        self.contents: dict[ObjectKey, bytes] = {}
        self.stored_at: dict[ObjectKey, datetime] = {}
        self.is_down = False
        self._calendar = calendar or SetCalendar()

    async def put(self, key: ObjectKey, content: bytes) -> None:
        self._check(key)
        self.contents[key] = content
        self.stored_at[key] = self._calendar.real_now()

    async def put_file(self, key: ObjectKey, file: Path) -> None:
        try:
            content = await asyncio.to_thread(file.read_bytes)
        except OSError as error:
            raise ObjectsUnavailable from error
        await self.put(key, content)

    async def read_range(self, key: ObjectKey, start: int, length: int) -> bytes:
        self._check(key)
        if key not in self.contents:
            raise ObjectMissing
        return self.contents[key][start : start + length]

    async def read(self, key: ObjectKey) -> bytes:
        self._check(key)
        if key not in self.contents:
            raise ObjectMissing
        return self.contents[key]

    async def delete(self, keys: Sequence[ObjectKey]) -> None:
        for key in keys:
            self._check(key)
            self.contents.pop(key, None)
            self.stored_at.pop(key, None)

    async def list_entries(self) -> AsyncIterator[Sequence[ObjectEntry]]:
        if self.is_down:
            raise ObjectsUnavailable
        yield [
            ObjectEntry(key=key, size_bytes=len(content), stored_at=self.stored_at[key])
            for key, content in self.contents.items()
        ]

    def _check(self, key: ObjectKey) -> None:
        if self.is_down or key.startswith("/") or ".." in key.split("/"):
            raise ObjectsUnavailable


class MemoryUploads:
    """An `UploadStore` in a dictionary."""

    def __init__(self) -> None:
        self._uploads: dict[tuple[AccountId, str], Upload] = {}

    async def add_upload(self, upload: Upload) -> bool:
        place = (upload.account, upload.key)
        return self._uploads.setdefault(place, upload) is upload

    async def find_upload(self, account: AccountId, key: str) -> Upload | None:
        return self._uploads.get((account, key))

    async def purge_uploads(self, now: datetime, limit: int) -> Sequence[ObjectKey]:
        oldest = sorted(self._uploads.values(), key=lambda each: each.expires_at)
        expired = [each for each in oldest if each.expires_at <= now][:limit]
        for each in expired:
            del self._uploads[each.account, each.key]
        return [each.object_key for each in expired]


class SameText:
    """A `PromptRewriter` that finds every prompt full already."""

    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:  # noqa: ARG002  a port's parameters
        return prompt


class PlannedEngine:
    """An `EngineProcess` that tells the events it was given, then ends or raises as planned.

    Where nothing is planned, every job of a batch gets a picture. With a `gate`, nothing is told
    before it opens. Asked to stop, it stops at once, or not at all where it is `stubborn`. Where it
    is `busy`, no run has its turn.
    """

    def __init__(
        self,
        events: Sequence[EngineEvent] | None = None,
        error: Exception | None = None,
        gate: asyncio.Event | None = None,
        *,
        stubborn: bool = False,
        busy: bool = False,
    ) -> None:
        self._stubborn = stubborn
        self._is_busy = busy
        self._is_stopped = False
        self._events = events
        self._error = error
        self._gate = gate
        self.batches: list[Sequence[GenerationJob]] = []
        self.has_begun = asyncio.Event()
        self.is_abandoned = False

    async def wait_for_turn(self) -> None:
        if self._is_busy:
            raise EngineBusy

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        self.batches.append(batch)
        self.has_begun.set()
        planned = self._events
        if planned is None:
            planned = [make_result(i, PNG_BYTES) for i in range(len(batch))]
        self.is_abandoned = True
        if self._gate is not None:
            await self._gate.wait()
        if self._is_stopped:
            self.is_abandoned = False
            raise EngineStopped
        for event in planned:
            yield event
        if self._error is not None:
            raise self._error
        self.is_abandoned = False

    def stop_batch(self) -> bool:
        if not self.has_begun.is_set():
            return False
        if self._gate is not None and not self._stubborn:
            self._is_stopped = True
            self._gate.set()
        return True
