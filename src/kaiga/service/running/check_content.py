"""Has the words and pictures of orders, and their results, judged before they are used."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import structlog

from kaiga.domain.errors import ContentCheckAway, TryLater
from kaiga.domain.media import SVG, recognise_media
from kaiga.domain.tasks import Failure
from kaiga.ports.content_check import ContentCheck
from kaiga.ports.engine import JobMedia, MadeFile, ResultMade
from kaiga.ports.meter import Meter
from kaiga.ports.thumbnail_maker import ThumbnailMaker
from kaiga.service.running.insisting import insist
from kaiga.service.running.refusals import TaskRefused

_log = structlog.get_logger(__name__)
_REFUSED = "DataInspectionFailed"
INPUT_REFUSED = Failure(code=_REFUSED, message="Input data may contain inappropriate content.")
OUTPUT_REFUSED = Failure(code=_REFUSED, message="Output data may contain inappropriate content.")
"""Source: contract/core.md, 5.6."""
UNCHECKED = Failure(
    code=_REFUSED,
    message="The content check of this server did not answer, and nothing is made without it.",
)
_INPUT, _OUTPUT = "input", "output"
_SHOWN = ("image/", "video/")
_TEXT = "text"
"""The finding that is a text beside a picture."""

_Judge = Callable[[], Awaitable[bool]]


class UncheckedContent(StrEnum):
    """What becomes of what nobody has judged, since the check did not answer."""

    PASS = "pass"  # noqa: S105  a choice, and no password
    REFUSE = "refuse"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContent:
    """The use case. Files are below `folder` for as long as a small picture is made of them."""

    check: ContentCheck
    unchecked: UncheckedContent
    thumbnails: ThumbnailMaker
    folder: Path
    meter: Meter
    patience: timedelta
    """How long a finished result waits for a check that does not answer, before the attempt ends
    and the result is lost."""

    async def check_text(self, text: str) -> None:
        """See that the words of an order may be worked with.

        Raises:
            TaskRefused: they may not be.
            ContentCheckAway: nobody answered, and the task is to wait.
        """
        if text.strip():
            await self._demand(lambda: self.check.allows_text(text))

    async def check_inputs(self, files: Sequence[JobMedia]) -> None:
        """See that the pictures and clips of an order may be worked with, clips by one frame.

        Raises:
            TaskRefused, ContentCheckAway: see `check_text`.
        """
        if not self.check.looks_at_pictures:
            return
        for file in files:
            if file.media_type.startswith(_SHOWN):
                async with self._folder() as folder:
                    link = folder / "input"
                    link.symlink_to(file.path)
                    await self._demand(lambda link=link: self._allows(link))

    async def find_fault(self, made: ResultMade) -> Failure | None:
        """Tell why a result may not be given out; None where it may.

        Raises:
            ContentCheckAway: nobody answered for as long as `patience`, and the task is to wait.
        """
        allowed = False

        async def judge() -> None:
            nonlocal allowed
            allowed = await self._allows_result(made)

        try:
            if self.unchecked is UncheckedContent.WAIT:
                await insist(judge, ContentCheckAway, self.patience.total_seconds())
            else:
                await judge()
        except ContentCheckAway as away:
            failure = self._decide(away)
        else:
            failure = None if allowed else OUTPUT_REFUSED
        self._count(_OUTPUT, failure)
        return failure

    async def _demand(self, judge: _Judge) -> None:
        """Have an input judged, and refuse the task where it is not allowed."""
        try:
            allowed = await judge()
        except ContentCheckAway as away:
            failure = self._decide(away)
        else:
            failure = None if allowed else INPUT_REFUSED
        self._count(_INPUT, failure)
        if failure is not None:
            raise TaskRefused(failure.code, failure.message)

    def _decide(self, away: ContentCheckAway) -> Failure | None:
        """Say what becomes of what nobody has judged."""
        if self.unchecked is UncheckedContent.WAIT:
            raise away
        _log.warning("the content check did not answer", reason=away.reason, then=self.unchecked)
        return None if self.unchecked is UncheckedContent.PASS else UNCHECKED

    def _count(self, place: str, failure: Failure | None) -> None:
        if failure is not None:
            self.meter.count_refusal(place, "unanswered" if failure is UNCHECKED else "judged")

    async def _allows_result(self, made: ResultMade) -> bool:
        text = made.findings.get(_TEXT)
        if isinstance(text, str) and text.strip() and not await self.check.allows_text(text):
            return False
        if not self.check.looks_at_pictures:
            return True
        for file in made.files:
            if not await self._allows_file(file):
                return False
        return True

    async def _allows_file(self, file: MadeFile) -> bool:
        kind = recognise_media(file.content)
        if kind is None or kind is SVG:  # it is refused as unreadable, or stands beside its picture
            return True
        async with self._folder() as folder:
            path = folder / "result"
            await asyncio.to_thread(path.write_bytes, file.content)
            return await self._allows(path)

    async def _allows(self, path: Path) -> bool:
        """Judge a file by its small picture; one that can't be seen passes only if all may."""
        picture = await self.thumbnails.make(path)
        if picture is None:
            return self.unchecked is UncheckedContent.PASS
        return await self.check.allows_picture(picture)

    @asynccontextmanager
    async def _folder(self) -> AsyncGenerator[Path]:
        folder = self.folder / secrets.token_hex(8)
        try:
            await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
            yield folder
        except OSError as error:
            raise TryLater from error
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
