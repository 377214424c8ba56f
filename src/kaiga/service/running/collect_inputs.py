"""Brings a task's input files to hand: found, fetched, looked at and held against the rules."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import LinkRefused, ObjectMissing, TryLater
from kaiga.domain.generation import MediaInput
from kaiga.domain.ids import ObjectKey
from kaiga.domain.measures import InputAtHand
from kaiga.domain.media_faults import MediaFault, MediaProblem, MediaTrouble, make_media_fault
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import (
    InlineMedia,
    Junk,
    RemoteUrl,
    UploadedObject,
    find_own_link,
    read_media_reference,
)
from kaiga.domain.media_limits import InspectedMedia, MediaLimits
from kaiga.domain.media_rules import (
    find_likeness_fault,
    find_media_fault,
    find_reference_fault,
    find_total_fault,
)
from kaiga.domain.tasks import StoredResult, Task
from kaiga.ports.clock import Calendar
from kaiga.ports.engine import JobMedia
from kaiga.ports.media_fetcher import LocalFile, MediaFetcher
from kaiga.ports.media_inspector import MediaInspector
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.upload_store import UploadStore
from kaiga.service.links.result_links import ResultLinks
from kaiga.service.running.refusals import TaskRefused

_LARGEST_FILE_BYTES = 300 * 1024 * 1024
"""Where a model names no limit: the largest that any of them names (contract/video-models.md)."""
_PART_BYTES = 4 * 1024 * 1024
_UNLIMITED: Mapping[MediaKind, MediaLimits] = {kind: MediaLimits(kind=kind) for kind in MediaKind}

T = TypeVar("T")


class InputUnfit(TaskRefused):
    """An input can't be used; code and text are the contract's, and name the input."""

    def __init__(self, fault: MediaFault) -> None:
        super().__init__(fault.code, fault.message)


@dataclass(frozen=True, slots=True)
class CollectedInput:
    """One input: what is to be known of it, and the file that the engine gets."""

    medium: MediaInput
    at_hand: InputAtHand
    file: JobMedia


_NO_INPUTS = nullcontext[Sequence[CollectedInput]](())


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectInputs:
    """The use case. Files are below `folder` for as long as they are used, and never longer."""

    media_limits: Mapping[str, MediaLimits]
    objects: ObjectStore
    links: ResultLinks
    uploads: UploadStore
    fetcher: MediaFetcher
    inspector: MediaInspector
    calendar: Calendar
    folder: Path

    def __call__(
        self, task: Task, model: Model
    ) -> AbstractAsyncContextManager[Sequence[CollectedInput]]:
        """Have the inputs of a task at hand while the block lasts, in the order of the request.

        Raises:
            InputUnfit: one can't be used.
            TryLater: a store did not answer, or the folder takes nothing; it may later.
        """
        media = [] if task.generation is None else _fetchable(task.generation.media)
        return self._have_at_hand(task, model, media) if media else _NO_INPUTS

    @asynccontextmanager
    async def _have_at_hand(
        self, task: Task, model: Model, media: Sequence[MediaInput]
    ) -> AsyncGenerator[Sequence[CollectedInput]]:
        folder = self.folder / secrets.token_hex(8)
        try:
            yield await self._collect_all(task, model, media, folder)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _collect_all(
        self, task: Task, model: Model, media: Sequence[MediaInput], folder: Path
    ) -> Sequence[CollectedInput]:
        try:
            folder.mkdir(mode=0o700, parents=True)  # noqa: ASYNC240  a thread could still make it after a cancellation
            collected = await _gather([self._collect(task, model, each, folder) for each in media])
        except OSError as error:
            raise TryLater from error
        _check_together(collected, model, self._limits_of)
        return collected

    async def _collect(
        self, task: Task, model: Model, medium: MediaInput, folder: Path
    ) -> CollectedInput:
        limits = self._limits_of(medium)
        found = await self._bring(task, model, medium, limits, folder)
        if isinstance(found, MediaTrouble):
            raise InputUnfit(_fault_of(found, model, medium))
        inspected = await self.inspector.inspect(found.path, medium.url)
        if isinstance(inspected, MediaTrouble):
            raise InputUnfit(_fault_of(inspected, model, medium))
        fault = find_media_fault(limits, inspected, where=medium.member, style=model.media_faults)
        if fault is not None:
            raise InputUnfit(fault)
        opened = await self.inspector.make_openable(found.path, inspected)
        if isinstance(opened, MediaTrouble):
            raise InputUnfit(_fault_of(opened, model, medium))
        return CollectedInput(
            medium=medium,
            at_hand=InputAtHand(role=medium.role, media=inspected),
            file=_job_media(medium, found, opened),
        )

    def _limits_of(self, medium: MediaInput) -> MediaLimits:
        named = self.media_limits.get(medium.limits)
        return named if named is not None else _UNLIMITED[MediaKind(medium.kind)]

    async def _bring(
        self, task: Task, model: Model, medium: MediaInput, limits: MediaLimits, folder: Path
    ) -> LocalFile | MediaTrouble:
        max_bytes = limits.max_bytes or _LARGEST_FILE_BYTES
        if medium.object_key is not None:
            return await self._copy(medium.object_key, medium.size_bytes, folder, max_bytes)
        reference = read_media_reference(medium.url, limits.kind)
        fault = find_reference_fault(
            limits, reference, where=medium.member, style=model.media_faults
        )
        if fault is not None:
            raise InputUnfit(fault)
        match reference:
            case Junk():
                return reference.trouble
            case InlineMedia():
                return await self.fetcher.unpack(reference, folder, max_bytes)
            case UploadedObject():
                return await self._copy_upload(task, reference.key, folder, max_bytes)
            case RemoteUrl():
                own = await self._copy_own(task, reference.url, folder, max_bytes)
                return own or await self.fetcher.fetch(reference.url, folder, max_bytes)

    async def _copy_upload(
        self, task: Task, key: str, folder: Path, max_bytes: int
    ) -> LocalFile | MediaTrouble:
        upload = await self.uploads.find_upload(task.account, key)
        if upload is None or self.calendar.now(task.account) >= upload.expires_at:
            return MediaTrouble(
                problem=MediaProblem.NOT_FOUND,
                detail="no file was uploaded under this oss:// address, or it has expired",
            )
        return await self._copy(upload.object_key, upload.size_bytes, folder, max_bytes)

    async def _copy_own(
        self, task: Task, url: str, folder: Path, max_bytes: int
    ) -> LocalFile | MediaTrouble | None:
        """Copy what a result link of the same account names; None for every other address."""
        link = find_own_link(url)
        if link is None:
            result = await self.links.find_presigned(task.account, url)
            return result and await self._copy_result(result, folder, max_bytes)
        try:
            result = await self.links.open_own(
                task.account, link.path, link.expires, link.key_id, link.signature
            )
        except LinkRefused as error:
            return MediaTrouble(problem=MediaProblem.NOT_FOUND, detail=str(error).rstrip("."))
        return result and await self._copy_result(result, folder, max_bytes)

    async def _copy_result(
        self, result: StoredResult, folder: Path, max_bytes: int
    ) -> LocalFile | MediaTrouble:
        return await self._copy(result.object_key, result.size_bytes, folder, max_bytes)

    async def _copy(
        self, key: ObjectKey, size_bytes: int, folder: Path, max_bytes: int
    ) -> LocalFile | MediaTrouble:
        if size_bytes > max_bytes:
            return MediaTrouble(
                problem=MediaProblem.BYTES,
                detail=f"it has {size_bytes} bytes, and {max_bytes} are allowed",
            )
        path = folder / secrets.token_hex(8)
        with path.open("xb") as file:  # each part is written in a thread
            for start in range(0, size_bytes, _PART_BYTES):
                length = min(_PART_BYTES, size_bytes - start)
                try:
                    part = await self.objects.read_range(key, start, length)
                except ObjectMissing:
                    return MediaTrouble(
                        problem=MediaProblem.NOT_FOUND, detail="the file is no longer kept"
                    )
                await asyncio.to_thread(file.write, part)
        return LocalFile(path=path, size_bytes=size_bytes)


def _fetchable(media: Sequence[MediaInput]) -> list[MediaInput]:
    """Leave out what is no file: the address of a page is handed to nobody."""
    return [each for each in media if each.kind != "link"]


async def _gather(work: Sequence[Coroutine[object, object, T]]) -> Sequence[T]:
    """Do all at once; at the first error the rest is ended before it is told."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _check_together(
    collected: Sequence[CollectedInput],
    model: Model,
    limits_of: Callable[[MediaInput], MediaLimits],
) -> None:
    """Hold inputs against the rules that several of them have to keep together."""
    by_member = {each.medium.member: each for each in collected}
    groups: dict[tuple[str, str], list[CollectedInput]] = {}
    for each in collected:
        field = each.medium.member.partition("[")[0]
        groups.setdefault((field, each.medium.limits), []).append(each)
        other = by_member.get(limits_of(each.medium).same_as or "")
        if other is not None:
            _raise(
                find_likeness_fault(
                    each.at_hand.media,
                    other.at_hand.media,
                    where=each.medium.member,
                    other_where=other.medium.member,
                    style=model.media_faults,
                )
            )
    for (field, _), group in groups.items():
        limits, files = limits_of(group[0].medium), [each.at_hand.media for each in group]
        _raise(find_total_fault(limits, files, where=field, style=model.media_faults))


def _raise(fault: MediaFault | None) -> None:
    if fault is not None:
        raise InputUnfit(fault)


def _fault_of(trouble: MediaTrouble, model: Model, medium: MediaInput) -> MediaFault:
    return make_media_fault(
        trouble,
        kind=MediaKind(medium.kind),
        where=medium.member,
        style=model.media_faults,
        url=medium.url,
    )


def _job_media(medium: MediaInput, file: LocalFile, inspected: InspectedMedia) -> JobMedia:
    return JobMedia(
        role=medium.role,
        path=str(file.path),
        media_type=inspected.media_type,
        width_pixels=inspected.width_pixels,
        height_pixels=inspected.height_pixels,
        duration_seconds=inspected.duration_seconds,
        frames_per_second=inspected.frames_per_second,
        has_sound=inspected.has_sound,
    )
